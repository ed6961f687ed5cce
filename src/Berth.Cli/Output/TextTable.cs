using System.Text;
using Spectre.Console;

namespace Berth.Cli.Output;

/// <summary>Rows under headings: for scripts as Relay prints them, for people with lines drawn.</summary>
internal sealed class TextTable(params IReadOnlyList<string> headings)
{
    private readonly List<IReadOnlyList<string>> _rows = [];

    public void Add(params IReadOnlyList<string> cells) => _rows.Add(cells);

    public void Write(Shell shell, bool plain)
    {
        var text = ToString();
        var output = plain ? null : new AnsiConsoleOutput(shell.Out);
        if (output is null || text.IndexOf('\n', StringComparison.Ordinal) > output.Width)
        {
            // Cells squeezed into a narrow terminal cannot be read; whole lines that it breaks can.
            shell.Out.Write(text);
            return;
        }

        var table = new Table().Border(TableBorder.Rounded);
        foreach (var heading in headings)
        {
            table.AddColumn(new TableColumn(new Markup($"[bold]{Markup.Escape(heading)}[/]")).NoWrap());
        }

        foreach (var row in _rows)
        {
            table.AddRow([.. row.Select(cell => new Text(cell))]);
        }

        AnsiConsole.Create(new AnsiConsoleSettings { Out = output }).Write(table);
    }

    /// <summary>Relay's plain table: each column as wide as its longest cell in bytes.</summary>
    public override string ToString()
    {
        var widths = headings.Select((heading, column) => _rows.Select(row => Width(row[column])).Append(Width(heading)).Max()).ToArray();
        var text = new StringBuilder();
        Line(headings);
        text.Append('+').AppendJoin('+', widths.Select(width => new string('-', width + 2))).Append("+\n");
        foreach (var row in _rows)
        {
            Line(row);
        }

        return text.ToString();

        void Line(IReadOnlyList<string> cells)
        {
            for (var column = 0; column < widths.Length; column++)
            {
                text.Append("| ").Append(cells[column]).Append(' ', widths[column] - Width(cells[column]) + 1);
            }

            text.Append("|\n");
        }
    }

    private static int Width(string cell) => Encoding.UTF8.GetByteCount(cell);
}
