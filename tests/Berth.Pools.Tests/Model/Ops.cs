namespace Berth.Pools.Tests.Model;

/// <summary>What a generated run does to a pool. Numbers are small on purpose, so that things meet.</summary>
internal abstract record Op;

/// <summary>A node asks for a seat or renews.</summary>
internal sealed record Claims(int Node, ulong Random) : Op;

/// <summary>An operator takes a node's seat away.</summary>
internal sealed record Takes(int Node, int CoolDownTicks) : Op;

/// <summary>A license, perhaps a missing one, gives other seats or ends at another time.</summary>
internal sealed record Changes(int License, int Seats, int? ExpiresInS) : Op;

/// <summary>What another server knew is taken over, with a holder or without.</summary>
internal sealed record Imports(int? Holder, int Claims) : Op;

/// <summary>A node gives its seat back, by its own key or another.</summary>
internal sealed record Releases(int Node, bool ByAnother) : Op;

/// <summary>The sweep ends the earliest claim, if it is due.</summary>
internal sealed record Sweeps : Op;

/// <summary>Asks whether a seat could be had.</summary>
internal sealed record AsksForSeat : Op;

/// <summary>Asks whether a node holds one.</summary>
internal sealed record AsksForClaim(int Node) : Op;

/// <summary>A new license comes in.</summary>
internal sealed record Adds(int Seats, int? ExpiresInS) : Op;

/// <summary>A license that may be there already comes in, together with a new one.</summary>
internal sealed record AddsAgain(int License) : Op;

/// <summary>A license, perhaps a missing one, is taken out.</summary>
internal sealed record Removes(int License) : Op;

/// <summary>The pool's exception is replaced.</summary>
internal sealed record Excepts(int? Ttl, Strategy? Strategy, bool? Heartbeats) : Op;

/// <summary>A cluster policy is recorded.</summary>
internal sealed record Records(int Ttl) : Op;

/// <summary>The member is told other rules.</summary>
internal sealed record Rules(int Ttl, Strategy Strategy, bool Heartbeats, bool EnforceExpiry, bool IgnoreExceptions) : Op;

/// <summary>Both clocks go on.</summary>
internal sealed record Waits(int Ticks) : Op;

/// <summary>The wall clock alone is stepped, either way.</summary>
internal sealed record StepsWall(int Seconds) : Op;

/// <summary>The pool is opened anew.</summary>
internal sealed record Recovers(int FormerLeaseMs) : Op;

/// <summary>Answers may have been lost.</summary>
internal sealed record LosesAnswers : Op;

/// <summary>An answer to a node goes out now.</summary>
internal sealed record Answers(int Node) : Op;

/// <summary>The license of a node went out again.</summary>
internal sealed record Repeats(int Node) : Op;
