using Berth.Chaos.History;

namespace Berth.Chaos.Checks;

/// <summary>By the nodes' own history alone: nothing promised is lost, and no license has more holders than seats at any moment.</summary>
internal static class Promises
{
    /// <summary>What violates it from a moment on.</summary>
    /// <param name="operations">All that nodes did.</param>
    /// <param name="seats">How many seats each license gives, by its key.</param>
    /// <param name="from">What happened before was judged before.</param>
    /// <param name="longestPromise">No promise lasts longer, so older operations do not matter.</param>
    public static IReadOnlyList<Violation> Check(
        IReadOnlyList<Operation> operations, IReadOnlyDictionary<string, int> seats, TimeSpan from, TimeSpan longestPromise)
    {
        var window = from - longestPromise - longestPromise;
        var clouded = operations
            .Where(operation => operation is { Verb: Verb.Release, Outcome: Outcome.Unknown } && operation.Received < window)
            .Select(operation => (operation.Pool, operation.Node))
            .ToHashSet();
        var nodes = operations
            .Where(operation => operation.Received >= window)
            .GroupBy(operation => (operation.Pool, operation.Node))
            .Select(node => NodeBeliefs.Of(node.OrderBy(operation => operation.Sent), clouded.Contains(node.Key)))
            .ToList();
        return
        [
            .. nodes.SelectMany(node => node.Losses)
                .Concat(nodes.SelectMany(node => node.All).GroupBy(belief => belief.License).SelectMany(license => Oversold(license.Key, license, seats)))
                .Where(violation => violation.At >= from)
                .OrderBy(violation => violation.At),
        ];
    }

    /// <summary>One violation for each time that a license goes over its seats.</summary>
    private static IEnumerable<Violation> Oversold(string license, IEnumerable<Belief> beliefs, IReadOnlyDictionary<string, int> seats)
    {
        if (!seats.TryGetValue(license, out var most))
        {
            yield return new Violation(ViolationKind.Oversold, beliefs.Min(belief => belief.From), $"the license {license} was never added");
            yield break;
        }

        // At one moment those who end go first: a seat may be given on at once.
        var steps = beliefs
            .SelectMany(belief => new[] { (At: belief.From, Begins: true, belief), (At: belief.Until, Begins: false, belief) })
            .OrderBy(step => step.At)
            .ThenBy(step => step.Begins);
        var holders = new List<Belief>();
        foreach (var (at, begins, belief) in steps)
        {
            if (!begins)
            {
                holders.Remove(belief);
                continue;
            }

            holders.Add(belief);
            if (holders.Count > most)
            {
                yield return new Violation(
                    ViolationKind.Oversold, at, $"{holders.Count} nodes hold the {most} seats of {license}: {string.Join("; ", holders.TakeLast(4))}");
            }
        }
    }
}
