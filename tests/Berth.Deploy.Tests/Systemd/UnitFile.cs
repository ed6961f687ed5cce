namespace Berth.Deploy.Tests.Systemd;

/// <summary>The assignments of a unit file.</summary>
internal sealed class UnitFile
{
    private readonly List<(string Section, string Name, string Value)> _all = [];

    /// <summary>Reads a unit of the checkout, and those that are dropped in beside it.</summary>
    public UnitFile(params string[] paths)
    {
        var section = string.Empty;
        foreach (var line in paths.SelectMany(path => Repository.Read(path).Split('\n')).Where(line => line.Length > 0 && line[0] is not ('#' or ';')))
        {
            if (line[0] == '[')
            {
                section = line[1..line.IndexOf(']', StringComparison.Ordinal)];
            }
            else
            {
                var equals = line.IndexOf('=', StringComparison.Ordinal);
                _all.Add((section, line[..equals], line[(equals + 1)..]));
            }
        }
    }

    /// <summary>The last value of a setting of the service.</summary>
    public string this[string name] => All(name)[^1];

    /// <summary>All values of a setting of the service.</summary>
    public IReadOnlyList<string> All(string name) => [.. _all.Where(line => line is { Section: "Service" } && line.Name == name).Select(line => line.Value)];

    /// <summary>What the process gets, with the specifiers as they are on a machine.</summary>
    public Dictionary<string, string> Environment(string credentials)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in All("Environment").SelectMany(value => value.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            all[word[..equals]] = word[(equals + 1)..]
                .Replace("%d", credentials, StringComparison.Ordinal)
                .Replace("%H", "host-1", StringComparison.Ordinal)
                .Replace("%S", "/var/lib", StringComparison.Ordinal);
        }

        all["STATE_DIRECTORY"] = "/var/lib/" + this["StateDirectory"];
        all["RUNTIME_DIRECTORY"] = "/run/" + this["RuntimeDirectory"];
        return all;
    }

    /// <summary>A time such as <c>60s</c> or <c>10min</c>.</summary>
    public TimeSpan Time(string name) => TimeSpan.FromSeconds(int.Parse(this[name].TrimEnd('s')));
}
