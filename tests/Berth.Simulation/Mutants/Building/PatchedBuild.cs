namespace Berth.Simulation.Mutants.Building;

/// <summary>
/// Builds the assemblies of patched sources. One compiler stays warm between the builds, under a name that nobody else uses, and ends with
/// this, or by itself soon after.
/// </summary>
internal sealed class PatchedBuild : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("berth-mutants-");

    /// <summary>Guards the fields below.</summary>
    private readonly Lock _gate = new();
    private readonly Dictionary<string, CompilerCall> _calls = new(StringComparer.Ordinal);
    private int _builds;

    private string Server => $"{_folder.Name}-compiler";

    /// <summary>The assemblies with the mistake, by their names.</summary>
    public IReadOnlyDictionary<string, byte[]> Of(PatchMutant mutant) =>
        mutant.Patches.GroupBy(patch => patch.Project).ToDictionary(
            project => Path.GetFileName(project.Key), project => Build(CallOf(project.Key), project), StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var compiler in _calls.Values.Select(call => call.Compiler).Distinct())
        {
            Toolchain.Run(_folder.FullName, "exec", Path.Combine(compiler, "VBCSCompiler.dll"), $"-pipename:{Server}", "-shutdown");
        }

        _folder.Delete(recursive: true);
    }

    private CompilerCall CallOf(string project)
    {
        lock (_gate)
        {
            if (!_calls.TryGetValue(project, out var call))
            {
                _calls.Add(project, call = CompilerCall.Of(project));
            }

            return call;
        }
    }

    private byte[] Build(CompilerCall call, IGrouping<string, Patch> patches)
    {
        var folder = Path.Combine(_folder.FullName, $"{Interlocked.Increment(ref _builds)}");
        Directory.CreateDirectory(folder);
        var instead = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in patches.GroupBy(patch => patch.File))
        {
            var patched = Path.Combine(folder, Path.GetFileName(file.Key));
            File.WriteAllText(patched, file.Aggregate(Checkout.Read(file.Key), (source, patch) => patch.In(source)));
            instead.Add(file.Key[(patches.Key.Length + 1)..], patched);
        }

        var (output, response) = (Path.Combine(folder, $"{Path.GetFileName(patches.Key)}.dll"), Path.Combine(folder, "arguments"));
        File.WriteAllLines(response, call.Lines(output, instead));
        Toolchain.Run(
            call.Folder, "exec", Path.Combine(call.Compiler, "csc.dll"), $"-shared:{Server}", "-keepalive:30", "-noconfig", $"@{response}");
        return File.ReadAllBytes(output);
    }
}
