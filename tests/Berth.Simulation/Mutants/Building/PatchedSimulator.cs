using System.Reflection;
using System.Runtime.Loader;
using Berth.Simulation.Runs;

namespace Berth.Simulation.Mutants.Building;

/// <summary>The simulator once more, in the same process, over patched assemblies of the product.</summary>
internal sealed class PatchedSimulator(IReadOnlyDictionary<string, byte[]> patched) : AssemblyLoadContext("mutant", isCollectible: true)
{
    /// <summary>Runs what is asked as <see cref="CommandLine.RunAsBuilt"/> does.</summary>
    public static int Run(IReadOnlyDictionary<string, byte[]> patched, string[] args, TextWriter to)
    {
        var context = new PatchedSimulator(patched);
        try
        {
            var inside = context.LoadFromAssemblyName(typeof(CommandLine).Assembly.GetName()).GetType(typeof(CommandLine).FullName!)!;
            return inside.GetMethod(nameof(CommandLine.RunAsBuilt), BindingFlags.Static | BindingFlags.Public)!
                .CreateDelegate<Func<string[], TextWriter, int>>()(args, to);
        }
        finally
        {
            context.Unload();
        }
    }

    /// <summary>Everything of Berth is loaded anew, so that it meets the patched assemblies; the rest is shared.</summary>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (patched.TryGetValue(assemblyName.Name!, out var bytes))
        {
            return LoadFromStream(new MemoryStream(bytes));
        }

        var here = Path.Combine(AppContext.BaseDirectory, $"{assemblyName.Name}.dll");
        return assemblyName.Name!.StartsWith("Berth.", StringComparison.Ordinal) && File.Exists(here) ? LoadFromAssemblyPath(here) : null;
    }
}
