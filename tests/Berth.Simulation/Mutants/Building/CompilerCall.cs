using System.Text.Json;

namespace Berth.Simulation.Mutants.Building;

/// <summary>How a project of the product is compiled, as its own build would call the compiler, without what only finds faults in it.</summary>
internal sealed class CompilerCall
{
    private static readonly string[] _leftOut =
        ["/noconfig", "/out:", "/refout:", "/embed:", "/debug", "/warn", "/skipanalyzers", "/analyzerconfig:", "/additionalfile:"];

    private readonly List<string> _arguments;

    private CompilerCall(string folder, string compiler, List<string> arguments)
    {
        Folder = folder;
        Compiler = compiler;
        _arguments = arguments;
    }

    /// <summary>The project's folder: names of sources are relative to it.</summary>
    public string Folder { get; }

    /// <summary>The folder of the compiler.</summary>
    public string Compiler { get; }

    /// <summary>Asks the build of a project, by its folder from the root, how it would call the compiler.</summary>
    public static CompilerCall Of(string project)
    {
        var folder = Path.Combine(Checkout.Root, project);
        var answer = Toolchain.Run(
            folder,
            "msbuild",
            $"{Path.GetFileName(project)}.csproj",
            "-t:Compile",
            "-getItem:CscCommandLineArgs",
            "-getProperty:RoslynTargetsPath",
            "-p:Configuration=Release",
            "-p:ProvideCommandLineArgs=true",
            "-p:SkipCompilerExecution=true",

            // An output that never exists: the compiler is called although everything is up to date.
            "-p:NonExistentFile=__none__",
            "-p:BuildProjectReferences=false");
        using var told = JsonDocument.Parse(answer);
        var compiler = told.RootElement.GetProperty("Properties").GetProperty("RoslynTargetsPath").GetString()!;
        var arguments = told.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray()
            .Select(item => item.GetProperty("Identity").GetString()!);
        return new CompilerCall(folder, Path.Combine(compiler, "bincore"), [.. arguments.Where(IsNeeded).Select(Here)]);
    }

    /// <summary>The lines of a response file.</summary>
    /// <param name="output">Where the assembly goes.</param>
    /// <param name="instead">Sources that take the place of others, by the path from the project's folder.</param>
    public IEnumerable<string> Lines(string output, IReadOnlyDictionary<string, string> instead) =>
        _arguments.Select(argument => argument.StartsWith('/') ? argument : $"\"{instead.GetValueOrDefault(argument, argument)}\"")
            .Append($"/out:\"{output}\"").Append("/debug:embedded").Append("/warn:0").Append("/skipanalyzers+");

    /// <summary>Of the analyzers only those that write sources.</summary>
    private static bool IsNeeded(string argument) => argument.StartsWith("/analyzer:", StringComparison.Ordinal)
        ? argument.Contains("Generators", StringComparison.Ordinal)
        : !Array.Exists(_leftOut, prefix => argument.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The product's other assemblies are those that the simulator runs with.</summary>
    private static string Here(string argument) =>
        argument.StartsWith("/reference:", StringComparison.Ordinal) && Path.GetFileName(argument) is ['B', 'e', 'r', 't', 'h', '.', ..] name
            ? $"/reference:\"{Path.Combine(AppContext.BaseDirectory, name)}\""
            : argument;
}
