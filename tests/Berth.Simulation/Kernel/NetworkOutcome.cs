using System.Runtime.InteropServices;

namespace Berth.Simulation.Kernel;

/// <summary>How a call ended for its caller. One that vanished never ends.</summary>
internal enum NetworkEnd
{
    Answered,

    /// <summary>Nobody listens: it was certainly not handled.</summary>
    Refused,

    /// <summary>Nobody has this name: it was certainly not handled.</summary>
    NameUnknown,

    /// <summary>The connection broke: nobody knows.</summary>
    Reset,
}

/// <summary>How a call ended, and the answer.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct NetworkOutcome<T>(NetworkEnd End, T? Answer);

/// <summary>What happened in the network so far, for reports.</summary>
internal sealed class NetworkCounts
{
    /// <summary>Calls that were made.</summary>
    public long Sent { get; set; }

    /// <summary>Requests that were handed to their receivers.</summary>
    public long Delivered { get; set; }

    /// <summary>Requests and answers that vanished.</summary>
    public long Lost { get; set; }

    /// <summary>Requests that came a second time.</summary>
    public long Duplicated { get; set; }

    /// <summary>Calls that nobody listened for, or nobody of that name.</summary>
    public long Refused { get; set; }

    /// <summary>Calls whose connection broke.</summary>
    public long Reset { get; set; }

    /// <summary>Calls that ended with an answer.</summary>
    public long Answered { get; set; }

    /// <summary>Calls that their callers gave up.</summary>
    public long GivenUp { get; set; }
}
