using System.Globalization;
using Berth.Sbom;

const string Usage = "usage: berth-sbom --root DIR --packages DIR --version V --time SECONDS [--runtime V]";

// Writes the bill of materials of the checkout in DIR to standard output; eng/bundle calls it.
try
{
    var given = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair.ElementAtOrDefault(1) ?? throw new FormatException($"{pair[0]} needs a value"));
    var root = given["--root"];
    using var output = Console.OpenStandardOutput();
    CycloneDx.Write(
        new Bill
        {
            Version = given["--version"],
            Time = DateTimeOffset.FromUnixTimeSeconds(long.Parse(given["--time"], CultureInfo.InvariantCulture)),
            Runtime = given.GetValueOrDefault("--runtime"),
            Packages = LockedPackages.Read(Path.Combine(root, "src")),
            BuildOnly = BuildPackages.Read(root),
            Files = new PackageFiles(given["--packages"]),
        },
        output);
    return 0;
}
catch (Exception wrong) when (wrong is InvalidDataException or IOException)
{
    Console.Error.WriteLine($"error: {wrong.Message}");
    return 1;
}
catch (Exception wrong) when (wrong is FormatException or KeyNotFoundException or ArgumentException)
{
    Console.Error.WriteLine($"error: {wrong.Message}\n{Usage}");
    return 2;
}
