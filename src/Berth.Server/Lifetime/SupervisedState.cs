namespace Berth.Server.Lifetime;

/// <summary>What a supervisor is told of a member.</summary>
/// <param name="HasJoined">It is what it was started to be: alone, or a member of its cluster that can answer.</param>
/// <param name="Text">One line for people, such as <c>edge 6349, 85 shards</c>.</param>
public sealed record SupervisedState(bool HasJoined, string Text);
