namespace Berth.Fuzz.Tests.Lanes;

/// <summary>A node that one lane alone speaks for, and what the server has told it.</summary>
/// <param name="pool">The pool it claims in; empty: the global one.</param>
/// <param name="fingerprint">What it is known by.</param>
/// <param name="isAnchor">It claims before the storm and never lets go.</param>
internal sealed class LaneNode(string pool, string fingerprint, bool isAnchor)
{
    public string Pool => pool;

    public string Fingerprint => fingerprint;

    public bool IsAnchor => isAnchor;

    /// <summary>Null: not known, because a 503 left it open.</summary>
    public bool? Holds { get; private set; } = false;

    /// <summary>The key of the license that it was given.</summary>
    public string? Key { get; private set; }

    /// <summary>Says what is wrong with the answer to a claim; null: nothing.</summary>
    public string? Claimed(int status, string? key)
    {
        var flaw = (status, Holds) switch
        {
            (201, not true) or (202, not false) or (410, not true) or (503, _) => null,
            _ => $"its claim was answered {status}, and it {State}",
        };
        if (flaw is null && key is not null && Holds == true && Key is not null && key != Key)
        {
            flaw = $"it holds {Key} and was given {key}";
        }

        (Holds, Key) = status switch
        {
            201 => (true, key),
            202 => (true, Key ?? key),
            410 => (false, null),
            503 when Holds == true => (true, Key),
            _ => ((bool?)null, (string?)null),
        };
        return flaw;
    }

    /// <summary>Says what is wrong with the answer to a release; null: nothing.</summary>
    public string? Released(int status)
    {
        var flaw = (status, Holds) switch
        {
            (204, not false) or (404, not true) or (503, _) => null,
            _ => $"its release was answered {status}, and it {State}",
        };
        (Holds, Key) = (status is 204 or 404 ? false : null, null);
        return flaw;
    }

    public override string ToString() => $"{fingerprint} in pool '{pool}'";

    private string State => Holds switch { true => $"holds {Key}", false => "holds nothing", null => "may hold" };
}
