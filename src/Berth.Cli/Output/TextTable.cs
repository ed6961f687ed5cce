using System.Text;
using Spectre.Console;

namespace Berth.Cli.Output;

/// <summary>
/// Rows under headings: for scripts as Relay prints them, for people with lines drawn. The width of a column is known only with the last
/// row, so all are kept, each as one array of bytes: 100,000 licenses take about 10 MB.
/// </summary>
internal sealed class TextTable(params IReadOnlyList<string> headings)
{
    private const char Between = '\0';
    private const int MaxDrawnRows = 1_000;
    private const int ChunkCharacters = 32 * 1024;

    private readonly List<(long Place, byte[] Cells)> _rows = [];
    private readonly int[] _widths = [.. headings.Select(Width)];
    private bool _sorted = true;

    public int Count => _rows.Count;

    public void Add(params IReadOnlyList<string> cells) => AddAt(0, cells);

    /// <summary>Adds a row that stands after those of lower places, and after those of the same that were added before.</summary>
    public void AddAt(long place, params IReadOnlyList<string> cells)
    {
        for (var column = 0; column < _widths.Length; column++)
        {
            _widths[column] = Math.Max(_widths[column], Width(cells[column]));
        }

        _sorted &= _rows.Count == 0 || _rows[^1].Place <= place;
        _rows.Add((place, Encoding.UTF8.GetBytes(string.Join(Between, cells))));
    }

    public void Write(Shell shell, bool plain)
    {
        var output = plain || _rows.Count > MaxDrawnRows ? null : new AnsiConsoleOutput(shell.Out);
        if (output is null || _widths.Sum(width => width + 3) + 1 > output.Width)
        {
            // Cells squeezed into a narrow terminal cannot be read; whole lines that it breaks can.
            WritePlain(shell.Out);
            return;
        }

        var table = new Table().Border(TableBorder.Rounded);
        foreach (var heading in headings)
        {
            table.AddColumn(new TableColumn(new Markup($"[bold]{Markup.Escape(heading)}[/]")).NoWrap());
        }

        foreach (var row in Rows())
        {
            table.AddRow([.. row.Select(cell => new Text(cell))]);
        }

        AnsiConsole.Create(new AnsiConsoleSettings { Out = output }).Write(table);
    }

    /// <summary>Relay's plain table: each column as wide as its longest cell in bytes.</summary>
    public override string ToString()
    {
        using var text = new StringWriter();
        WritePlain(text);
        return text.ToString();
    }

    private void WritePlain(TextWriter writer)
    {
        var text = new StringBuilder();
        Line(headings);
        text.Append('+').AppendJoin('+', _widths.Select(width => new string('-', width + 2))).Append("+\n");
        foreach (var row in Rows())
        {
            Line(row);
            if (text.Length > ChunkCharacters)
            {
                writer.Write(text);
                text.Clear();
            }
        }

        writer.Write(text);

        void Line(IReadOnlyList<string> cells)
        {
            for (var column = 0; column < _widths.Length; column++)
            {
                text.Append("| ").Append(cells[column]).Append(' ', _widths[column] - Width(cells[column]) + 1);
            }

            text.Append("|\n");
        }
    }

    private IEnumerable<string[]> Rows() =>
        (_sorted ? _rows.AsEnumerable() : _rows.OrderBy(row => row.Place)).Select(row => Encoding.UTF8.GetString(row.Cells).Split(Between));

    private static int Width(string cell) => Encoding.UTF8.GetByteCount(cell);
}
