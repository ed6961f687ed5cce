namespace Berth.Cli.Doctor;

/// <summary>Numbers of bytes as people read them.</summary>
internal static class ByteText
{
    private const int Step = 1024;

    private static readonly string[] _units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    public static string Of(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        while (value >= Step && unit < _units.Length - 1)
        {
            value /= Step;
            unit++;
        }

        return unit == 0 ? $"{bytes} B" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{value:0.0} {_units[unit]}");
    }
}
