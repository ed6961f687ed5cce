namespace Berth.Pools;

/// <summary>The rules about licenses and policies: what vendors and operators change. Claims are <see cref="Pool"/>'s.</summary>
internal static class PoolUpkeep
{
    public static PoolReply Add(PoolState state, AddLicenses command, in Moment moment, List<PoolEvent> events)
    {
        var stamp = new Stamp(moment.NowMs, moment.WallMs, command.Who);
        var first = events.Count;
        AddPool(state, stamp, events);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var grant in command.Licenses)
        {
            if (state.LicenseOf(grant.Id) is not null || !seen.Add(grant.Id.Value))
            {
                events.RemoveRange(first, events.Count - first);
                return new DuplicateLicense(grant.Id);
            }

            events.Add(new LicenseAdded(grant.Id, grant.Seats, grant.ExpiryMs, stamp));
        }

        return Changed.Instance;
    }

    public static PoolReply Remove(PoolState state, RemoveLicense command, in Moment moment, List<PoolEvent> events)
    {
        if (state.LicenseOf(command.Id) is not { Retired: false })
        {
            return new NoSuchLicense(command.Id);
        }

        events.Add(new LicenseRemoved(command.Id, new Stamp(moment.NowMs, moment.WallMs, command.Who)));
        return Changed.Instance;
    }

    public static PoolReply Exception(PoolState state, SetPolicyException command, in Moment moment, List<PoolEvent> events)
    {
        if (command.Exception != state.Exception)
        {
            var stamp = new Stamp(moment.NowMs, moment.WallMs, command.Who);
            AddPool(state, stamp, events);
            events.Add(new PolicyExceptionChanged(command.Exception, stamp));
        }

        return Changed.Instance;
    }

    public static PoolReply ClusterPolicy(PoolState state, SetClusterPolicy command, in Moment moment, List<PoolEvent> events)
    {
        if (command.Policy != state.ClusterPolicy)
        {
            var stamp = new Stamp(moment.NowMs, moment.WallMs, command.Who);
            AddPool(state, stamp, events);
            events.Add(new ClusterPolicyChanged(command.Policy, stamp));
        }

        return Changed.Instance;
    }

    public static PoolReply Change(PoolState state, ChangeLicense command, in Moment moment, List<PoolEvent> events)
    {
        if (state.LicenseOf(command.License.Id) is null)
        {
            return new NoSuchLicense(command.License.Id);
        }

        var (id, seats, expiryMs) = command.License;
        events.Add(new LicenseChanged(id, seats, expiryMs, new Stamp(moment.NowMs, moment.WallMs, command.Who)));
        return Changed.Instance;
    }

    /// <summary>Takes over licenses with their holders. A node that holds a seat here, or twice there, is a conflict.</summary>
    public static PoolReply Import(PoolState state, ImportLicenses command, in Moment moment, List<PoolEvent> events)
    {
        var stamp = new Stamp(moment.NowMs, moment.WallMs, command.Who);
        var policy = Pool.PolicyIn(state, moment.Rules);
        var first = events.Count;
        if (!moment.Rules.Grants && command.Licenses.Any(license => license.Holder is not null))
        {
            return GrantsWithheld.Instance;
        }

        if (command.Licenses.Any(license => license.Holder is not null))
        {
            Pool.Adopt(state, policy, stamp, events);
        }
        else
        {
            AddPool(state, stamp, events);
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var holders = new HashSet<string>(StringComparer.Ordinal);
        var number = state.Grants;
        foreach (var (grant, addedMs, claims, claimedMs, releasedMs, holder) in command.Licenses)
        {
            if (state.LicenseOf(grant.Id) is not null || !seen.Add(grant.Id.Value))
            {
                events.RemoveRange(first, events.Count - first);
                return new DuplicateLicense(grant.Id);
            }

            events.Add(new LicenseImported(grant.Id, grant.Seats, grant.ExpiryMs, addedMs, claims, claimedMs, releasedMs, stamp));
            if (holder is { } node)
            {
                if (state.ClaimOf(node) is not null || !holders.Add(node.Value))
                {
                    events.RemoveRange(first, events.Count - first);
                    return AlreadyHeld.Instance;
                }

                events.Add(new ClaimImported(node, grant.Id, ++number, policy.TtlMs, claimedMs, stamp));
            }
        }

        return Changed.Instance;
    }

    public static PoolReply Cut(PoolState state, CutHistory command, in Moment moment, List<PoolEvent> events)
    {
        if (command.UpTo < 1 || command.UpTo > state.Version)
        {
            return new NotWritten($"pool {state.Name} has no version {command.UpTo} to cut its history at");
        }

        events.Add(new HistoryCut(command.UpTo, command.Digest, new Stamp(moment.NowMs, moment.WallMs, command.Who)));
        return Changed.Instance;
    }

    /// <summary>A record for the audit and nothing else: whether seats are given is the member's to say, in its rules.</summary>
    public static PoolReply Confirm(PoolState state, ConfirmCopy command, in Moment moment, List<PoolEvent> events)
    {
        var stamp = new Stamp(moment.NowMs, moment.WallMs, command.Who);
        AddPool(state, stamp, events);
        events.Add(new CopyConfirmed(command.Origin, stamp));
        return Changed.Instance;
    }

    public static void AddPool(PoolState state, Stamp stamp, List<PoolEvent> events)
    {
        if (state.Version == 0)
        {
            events.Add(new PoolAdded(state.Name.Value, stamp));
        }
    }
}
