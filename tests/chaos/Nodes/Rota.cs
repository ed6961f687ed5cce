using Berth.Chaos.Processes;

namespace Berth.Chaos.Nodes;

/// <summary>The members that nodes ask, each in its turn. While <see cref="Favorite"/> is set most ask that one first.</summary>
internal sealed class Rota(IReadOnlyList<ChaosMember> members)
{
    private const int FavoredPercent = 80;

    /// <summary>Whom most nodes ask first; null: nobody is preferred.</summary>
    public ChaosMember? Favorite { get; set; }

    /// <summary>All members, in the order in which they are asked.</summary>
    public IReadOnlyList<ChaosMember> Order(Random random)
    {
        var first = Favorite is { } favorite && random.Next(100) < FavoredPercent ? members.ToList().IndexOf(favorite) : random.Next(members.Count);
        return [.. members.Skip(first).Concat(members.Take(first))];
    }
}
