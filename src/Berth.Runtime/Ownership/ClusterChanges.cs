namespace Berth.Runtime.Ownership;

/// <summary>What happened between two looks at a cluster. Pure.</summary>
internal static class ClusterChanges
{
    /// <summary>The events, members first. Of a first look only that the member itself has joined.</summary>
    public static IReadOnlyList<ClusterEvent> Between(ClusterView before, ClusterView after)
    {
        List<ClusterEvent> events = [];
        if (before.Table.Members.Count == 0 && before.Self.Value == 0)
        {
            if (after.LiveMember(after.Self) is { } self)
            {
                AddNewcomer(self, events);
            }

            return events;
        }

        AddMembers(before, after, events);
        if (after.IsChangeFrom(before))
        {
            AddShards(before, after, events);
        }

        return events;
    }

    /// <summary>Both lists are in the order of incarnations.</summary>
    private static void AddMembers(ClusterView before, ClusterView after, List<ClusterEvent> events)
    {
        var (formers, at) = (before.Table.Members, 0);
        var sameLive = ClusterView.AreSame(before.Live, after.Live);
        foreach (var row in after.Table.Members)
        {
            while (at < formers.Count && formers[at].Incarnation.Value < row.Incarnation.Value)
            {
                at++;
            }

            var former = at < formers.Count && formers[at].Incarnation == row.Incarnation ? formers[at] : null;
            if (former is null)
            {
                AddNewcomer(row, events);
            }
            else if (KindOf(former, row, sameLive, before, after) is { } kind)
            {
                events.Add(Of(kind, row));
            }
        }
    }

    /// <summary>One that has ended since it joined is none.</summary>
    private static void AddNewcomer(MemberRow row, List<ClusterEvent> events)
    {
        if (row.State is MemberState.Up)
        {
            events.Add(Of(ClusterEventKinds.MemberJoined, row));
        }

        if (row is { State: MemberState.Up, Counter: > 0 })
        {
            events.Add(Of(ClusterEventKinds.MemberUp, row));
        }
    }

    private static string? KindOf(MemberRow former, MemberRow row, bool sameLive, ClusterView before, ClusterView after)
    {
        if (former.State is not MemberState.Up)
        {
            return null;
        }

        if (row.State is not MemberState.Up)
        {
            return row.State is MemberState.Left ? ClusterEventKinds.MemberLeft : ClusterEventKinds.MemberDown;
        }

        if (sameLive)
        {
            return former.Counter == 0 && row.Counter > 0 ? ClusterEventKinds.MemberUp : null;
        }

        var (wasLive, isLive) = (before.LiveMember(row.Incarnation) is not null, after.LiveMember(row.Incarnation) is not null);
        return wasLive && !isLive ? ClusterEventKinds.MemberSilent
            : isLive && (!wasLive || (former.Counter == 0 && row.Counter > 0)) ? ClusterEventKinds.MemberUp
            : null;
    }

    private static void AddShards(ClusterView before, ClusterView after, List<ClusterEvent> events)
    {
        Dictionary<(string Kind, string? From, Incarnation Member), (MemberRow Member, List<int> Shards)> groups = [];
        for (var shard = 0; shard < after.Table.Shards.Count; shard++)
        {
            var (former, owner) = (before.OwnerOf(shard), after.OwnerOf(shard));
            if (former?.Incarnation == owner?.Incarnation)
            {
                continue;
            }

            // Who is live in one look and dead in the next may have been followed in between.
            var handedOn = former is not null && after.Table.Members.Any(row => row.Incarnation == former.Incarnation && row.State is not MemberState.Down);
            var (kind, from) = owner is null ? (ClusterEventKinds.ShardsLost, null)
                : handedOn ? (ClusterEventKinds.ShardsMoved, former!.Card.Name)
                : (ClusterEventKinds.ShardsTaken, former?.Card.Name ?? FormerName(before, shard));
            var member = (owner ?? former)!;
            if (!groups.TryGetValue((kind, from, member.Incarnation), out var group))
            {
                groups.Add((kind, from, member.Incarnation), group = (member, []));
            }

            group.Shards.Add(shard);
        }

        events.AddRange(groups.Select(group => Of(group.Key.Kind, group.Value.Member) with
        {
            From = group.Key.From,
            Shards = group.Value.Shards.Count,
            Shard = group.Value.Shards is [var only] ? only : null,
        }));
    }

    /// <summary>Whose an orphan was by the table's word.</summary>
    private static string? FormerName(ClusterView before, int shard) =>
        shard < before.Table.Shards.Count && before.Table.Shards[shard].Owner is { } owner
            ? before.Table.Members.FirstOrDefault(row => row.Incarnation == owner)?.Card.Name
            : null;

    private static ClusterEvent Of(string kind, MemberRow member) => new(kind, member.Card.Name)
    {
        Address = member.Card.Address,
        Incarnation = member.Incarnation.Value,
    };
}
