namespace Berth.Chaos.Faults;

/// <summary>Deals the faults: a round begins with the owner's death, and no fault comes again before all the others have come.</summary>
internal sealed class Deck(IReadOnlyList<Fault> faults, Random random)
{
    /// <summary>How many more faults a round has than its first.</summary>
    public const int MoreInRound = 10;

    private readonly Queue<Fault> _left = [];

    /// <summary>The faults of the next round.</summary>
    public IReadOnlyList<Fault> Round()
    {
        var others = faults.Where(fault => fault != AllFaults.First).ToList();
        var round = faults.Contains(AllFaults.First) ? new List<Fault> { AllFaults.First } : [];
        for (var more = 0; more < Math.Min(MoreInRound, others.Count); more++)
        {
            if (_left.Count == 0)
            {
                foreach (var fault in Shuffled(others))
                {
                    _left.Enqueue(fault);
                }
            }

            round.Add(_left.Dequeue());
        }

        return round;
    }

    /// <summary>Each fault once.</summary>
    public IReadOnlyList<Fault> Whole() => Shuffled(faults);

    private List<Fault> Shuffled(IEnumerable<Fault> some) => [.. some.OrderBy(_ => random.Next())];
}
