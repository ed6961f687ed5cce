namespace Berth.Fuzz.Tests.Wire;

/// <summary>What is sent on one connection, and what may come back.</summary>
/// <param name="Family">Which kind of input it is.</param>
/// <param name="Text">Its bytes, one to a character.</param>
/// <param name="Expected">The statuses that may come back.</param>
/// <param name="Requests">How many requests it holds, broken ones included.</param>
internal sealed record Shot(string Family, string Text, Expected Expected, int Requests = 1)
{
    /// <summary>The least answers. 0: the server may close without a word, because nothing was asked in full.</summary>
    public int Least { get; init; }

    /// <summary>The last request ends the connection, without anything more that the sender does.</summary>
    public bool ServerEnds { get; init; }

    /// <summary>Ended by the sender at once. The server takes that for the end of the caller, and may leave answers out.</summary>
    public bool HalfClosed { get; init; }

    /// <summary>Broken off instead of read.</summary>
    public bool BrokenOff { get; init; }

    /// <summary>Its claims are for the pool whose claims nobody counts.</summary>
    public bool Uncounted { get; init; }
}

/// <summary>Which answers are right.</summary>
internal sealed record Expected(params int[] Statuses)
{
    /// <summary>What a claim, renewal or release may be answered, besides 503 in its two stated forms.</summary>
    public static readonly Expected Claims = new(201, 202, 204, 404, 410);

    /// <summary>What the edge may say to anything.</summary>
    public static readonly Expected Anything = new(200, 201, 202, 204, 400, 404, 405, 408, 410, 411, 413, 414, 431);

    /// <summary>A refusal of what is no request.</summary>
    public static readonly Expected Refusals = new(400, 404, 405, 408, 411, 413, 414, 431);

    /// <summary>What <c>/v2</c> may say, whether or not it is there.</summary>
    public static readonly Expected SecondVersion =
        new(200, 201, 202, 204, 400, 404, 405, 406, 408, 409, 410, 411, 413, 414, 415, 422, 428, 429, 431) { Problems = true };

    /// <summary>What the management API may say.</summary>
    public static readonly Expected Management =
        new(200, 400, 404, 405, 408, 409, 411, 413, 414, 415, 422, 431) { Problems = true, Json = true };

    /// <summary>A 503 is a problem in JSON; elsewhere it is one of the two stated bodies.</summary>
    public bool Problems { get; init; }

    /// <summary>Every body is JSON.</summary>
    public bool Json { get; init; }
}
