namespace Berth.Simulation.Kernel;

/// <summary>What a call of the store meets when nothing gets through.</summary>
internal enum StoreOutage
{
    None,

    /// <summary>An exception soon. Nothing was done.</summary>
    Throws,

    /// <summary>
    /// Silence, and an exception after the driver's time limit. The request may still take effect when the outage is over.
    /// </summary>
    Hangs,
}

/// <summary>How the store treats calls. All of it can change while a run goes on.</summary>
internal sealed class StoreWeather
{
    /// <summary>How long a request is on its way until it takes effect.</summary>
    public Latency Request { get; set; } = Latency.Of(0.1, 1);

    /// <summary>How long an answer is on its way.</summary>
    public Latency Answer { get; set; } = Latency.Of(0.1, 1);

    /// <summary>How often a call throws and has done nothing.</summary>
    public double FailsBefore { get; set; }

    /// <summary>How often a call throws although it is done: before the exception, or after it by up to <see cref="Lingering"/>.</summary>
    public double FailsAfter { get; set; }

    /// <summary>How long after its caller gave up a request may still be on its way.</summary>
    public Latency Lingering { get; set; } = Latency.Of(0, 5, 0.3, 5_000);

    /// <summary>How often what is written to the journal is refused, because the disk is full.</summary>
    public double Refuses { get; set; }

    /// <summary>How often a call that was cancelled on its way takes effect nevertheless.</summary>
    public double CancelledIsDone { get; set; } = 0.5;

    /// <summary>How often a call that hangs in an outage takes effect when it is over.</summary>
    public double HeldIsDone { get; set; } = 0.5;

    /// <summary>When the driver drops the connection of a call that hangs.</summary>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(5);
}
