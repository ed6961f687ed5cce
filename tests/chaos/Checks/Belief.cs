using Berth.Chaos.History;

namespace Berth.Chaos.Checks;

/// <summary>By what it was told a node holds a seat of a license, from an answer on until the promise ends or it sent a release.</summary>
internal sealed record Belief(string Pool, string Node, string License, TimeSpan From, TimeSpan Until)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Node} {From.TotalSeconds:0.000} to {Until.TotalSeconds:0.000}");
}

/// <summary>
/// What one node believed, one promise after the other. A promise lasts <c>expires_in</c> from the moment its request was sent. A release
/// ends it when it is sent, whatever becomes of it. One of which nobody knows what became may be done at any later time, so from then on
/// nothing counts that the same name is promised.
/// </summary>
internal sealed class NodeBeliefs
{
    private readonly List<Belief> _ended = [];
    private readonly List<Violation> _losses = [];
    private Belief? _current;
    private bool _clouded;

    private NodeBeliefs(bool clouded) => _clouded = clouded;

    /// <summary>All that it believed.</summary>
    public IEnumerable<Belief> All => _current is null ? _ended : _ended.Append(_current);

    /// <summary>What it was told against an earlier promise.</summary>
    public IReadOnlyList<Violation> Losses => _losses;

    /// <summary>Follows the operations of one node, in the order in which they were sent.</summary>
    /// <param name="ofOneNode">Its operations in one pool.</param>
    /// <param name="clouded">An earlier release of it may yet be done.</param>
    public static NodeBeliefs Of(IEnumerable<Operation> ofOneNode, bool clouded = false)
    {
        var beliefs = new NodeBeliefs(clouded);
        foreach (var operation in ofOneNode)
        {
            beliefs.Follow(operation);
        }

        return beliefs;
    }

    private void Follow(Operation operation)
    {
        if (operation.Verb == Verb.Release)
        {
            End(operation.Sent);
            _clouded |= operation.Outcome == Outcome.Unknown;
        }
        else if (operation.Outcome == Outcome.Ok && operation.License is { } license)
        {
            Promise(operation, license);
        }
        else if (operation.Status is 400 or 404 or 409 or 410 && Held(operation) is { } held)
        {
            Lose(operation, held);
        }
    }

    private void Promise(Operation operation, string license)
    {
        if (Held(operation) is { } held && (held.License != license || operation.IsGrant))
        {
            Lose(operation, held);
        }

        var until = operation.Sent + operation.ExpiresIn;
        if (_clouded || until <= operation.Received)
        {
            return;
        }

        if (_current is { } current && current.License == license && current.Until >= operation.Received)
        {
            _current = current with { Until = until > current.Until ? until : current.Until };
            return;
        }

        End(TimeSpan.MaxValue);
        _current = new Belief(operation.Pool, operation.Node, license, operation.Received, until);
    }

    /// <summary>What was promised in answer to an earlier request, and lasts beyond this answer.</summary>
    private Belief? Held(Operation operation) =>
        _current is { } current && current.Until > operation.Received && current.From < operation.Sent ? current : null;

    private void Lose(Operation operation, Belief held)
    {
        _losses.Add(new Violation(ViolationKind.Lost, operation.Received, $"{operation}, but it was promised {held.License} ({held})"));
        End(operation.Received);
    }

    private void End(TimeSpan at)
    {
        if (_current is { } current)
        {
            var until = at < current.Until ? at : current.Until;
            if (until > current.From)
            {
                _ended.Add(current with { Until = until });
            }

            _current = null;
        }
    }
}
