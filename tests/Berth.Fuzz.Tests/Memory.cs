namespace Berth.Fuzz.Tests;

/// <summary>What Linux says of a process's memory.</summary>
internal static class Memory
{
    /// <summary>The most resident memory that it ever had, in kB.</summary>
    public static long PeakKb(int process)
    {
        const string Name = "VmHWM:";
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return long.Parse(line[Name.Length..].Trim().Split(' ')[0]);
    }
}
