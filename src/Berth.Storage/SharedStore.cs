using Berth.Runtime.Ownership;

namespace Berth.Storage;

/// <summary>What a store that several members share has beside the journal.</summary>
/// <param name="Table">Who is a member, and who owns which shard.</param>
/// <param name="HasEnded">
/// Asked about a member that is up: the store knows that its process has ended, because the session that it kept there is gone while the
/// server that it was kept on has run on. False: it has not, or nobody can say. May throw.
/// </param>
public sealed record SharedStore(IMembershipTable Table, Func<MemberRow, CancellationToken, ValueTask<bool>> HasEnded);
