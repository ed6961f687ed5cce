using Berth.Cli.Flags;

namespace Berth.Cli.Access;

/// <summary>A list of what differs from license to license: comma-separated values, whose first line names the columns.</summary>
/// <param name="Columns">The names of the columns.</param>
/// <param name="Rows">The values, in the order of the lines.</param>
internal sealed record LicenseList(IReadOnlyList<string> Columns, IReadOnlyList<LicenseList.Row> Rows)
{
    private const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>No columns: nothing differs.</summary>
    public static LicenseList Of(int count) => new([], [.. Enumerable.Repeat(new Row(0, []), count)]);

    public static LicenseList Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                throw CommandFailedException.Usage($"--list: {path} has more than {MaxBytes} bytes");
            }

            List<string>? columns = null;
            var rows = new List<Row>();
            foreach (var (index, line) in File.ReadLines(path).Index())
            {
                if (line.Trim().Length == 0)
                {
                    continue;
                }

                var cells = new List<string>();
                if (!GoText.TrySplit(line, cells))
                {
                    throw CommandFailedException.Usage($"{path}:{index + 1}: quotes do not match");
                }

                cells = [.. cells.Select(cell => cell.Trim())];
                if (columns is null)
                {
                    columns = cells;
                }
                else if (cells.Count != columns.Count)
                {
                    throw CommandFailedException.Usage($"{path}:{index + 1}: {cells.Count} values for {columns.Count} columns ({string.Join(',', columns)})");
                }
                else
                {
                    rows.Add(new Row(index + 1, cells));
                }
            }

            return columns is not null && rows.Count > 0
                ? new LicenseList(columns, rows)
                : throw CommandFailedException.Usage($"--list: {path} has no licenses: write the names of the columns, then one line for each license");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandFailedException.Usage($"--list: {error.Message}");
        }
    }

    /// <summary>The same list with one column's values rewritten; a failure names the line.</summary>
    public LicenseList With(string path, string column, Func<string, string> rewrite)
    {
        var at = Columns.ToList().IndexOf(column);
        return at < 0 ? this : this with { Rows = [.. Rows.Select(Rewritten)] };

        Row Rewritten(Row row)
        {
            if (row.Cells[at].Length == 0)
            {
                return row;
            }

            try
            {
                return row with { Cells = [.. row.Cells.Select((cell, i) => i == at ? rewrite(cell) : cell)] };
            }
            catch (CommandFailedException error)
            {
                throw CommandFailedException.Usage($"{path}:{row.Line}: {error.Message}");
            }
        }
    }

    /// <summary>The values of one license, and the line they stand on; 0: in no file.</summary>
    internal sealed record Row(int Line, IReadOnlyList<string> Cells);
}
