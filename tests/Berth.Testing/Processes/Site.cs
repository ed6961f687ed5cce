using System.Text.Json;

namespace Berth.Testing.Processes;

/// <summary>A folder with a database, licenses in it, and the members that serve it one after the other.</summary>
public sealed class Site : IDisposable
{
    private const string NoPool = "-";

    private readonly TestFolder _folder = new();
    private readonly TestVendor _vendor = new();
    private readonly string? _databaseFolder;
    private readonly Dictionary<string, int> _seatsByKey = new(StringComparer.Ordinal);

    /// <summary>A site with nothing in it.</summary>
    /// <param name="databaseFolder">Where the database is; null: in the site's folder.</param>
    public Site(string? databaseFolder = null) => _databaseFolder = databaseFolder;

    /// <summary>The folder.</summary>
    public string Folder => _folder.Path;

    /// <summary>The database file.</summary>
    public string Database => Path.Combine(_databaseFolder ?? _folder.Path, "berth.sqlite");

    /// <summary>The vendor's public key.</summary>
    public string PublicKey => _vendor.PublicKey;

    /// <summary>The build of the program that is started from here on.</summary>
    public string Program { get; set; } = BerthProcess.Program;

    /// <summary>How many seats each license gives, by its key.</summary>
    public IReadOnlyDictionary<string, int> SeatsByKey => _seatsByKey;

    /// <summary>The environment of a process: nothing but what .NET needs, and what is given.</summary>
    public static Dictionary<string, string> Environment(params ReadOnlySpan<(string Name, string Value)> more)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in new[] { "PATH", "HOME", "TMPDIR", "DOTNET_ROOT" })
        {
            if (System.Environment.GetEnvironmentVariable(name) is { } value)
            {
                all[name] = value;
            }
        }

        foreach (var (name, value) in more)
        {
            all[name] = value;
        }

        return all;
    }

    /// <summary>Adds licenses to a pool; null: the global one.</summary>
    public async Task AddAsync(string? pool, int licenses, int seats)
    {
        foreach (var file in Issue(pool, licenses, seats))
        {
            List<string> arguments = ["add", file, "--public-key", _vendor.PublicKey, "--seats", "max", "--database", Database];
            arguments.AddRange(pool is null ? [] : ["--pool", pool]);
            (await RunAsync(arguments)).ExitCode.ShouldBe(0);
        }
    }

    /// <summary>Writes license files into a folder of their own and returns it.</summary>
    public IEnumerable<string> Issue(string? pool, int licenses, int seats)
    {
        var folder = Directory.CreateDirectory(_folder.File($"{pool ?? NoPool}-{licenses}x{seats}")).FullName;
        for (var i = 0; i < licenses; i++)
        {
            var (_, file, key) = _vendor.Issue(seats);
            File.WriteAllBytes(Path.Combine(folder, $"{i}.lic"), file);
            File.WriteAllText(Path.Combine(folder, $"{i}.key"), key + "\n");
            _seatsByKey.Add(key, seats);
        }

        return [folder];
    }

    /// <summary>Starts a member and waits until it is ready.</summary>
    public async Task<LiveMember> ServeAsync(IReadOnlyList<string>? arguments = null, params (string Name, string Value)[] environment)
    {
        var member = Launch(arguments, environment);
        await member.ReadyAsync();
        return member;
    }

    /// <summary>Starts a member on any free port of the loopback interface.</summary>
    public LiveMember Launch(IReadOnlyList<string>? arguments = null, params (string Name, string Value)[] environment) => LiveMember.Launch(
        Program,
        Folder,
        ["serve", "--database", Database, "-b", "127.0.0.1", "-p", "0", .. arguments ?? []],
        Environment(environment));

    /// <summary>Runs a verb to its end.</summary>
    public Task<ProcessEnd> RunAsync(IReadOnlyList<string> arguments) => BerthProcess.RunAsync(Program, Folder, arguments);

    /// <summary>Seats held in all, as <c>ls --json</c> tells.</summary>
    public async Task<int> HeldAsync()
    {
        var end = await RunAsync(["ls", "--json", "--database", Database]);
        end.ExitCode.ShouldBe(0, end.Error);
        using var listing = JsonDocument.Parse(end.Out);
        return listing.RootElement.EnumerateArray().Sum(license => license.GetProperty("held").GetInt32());
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
