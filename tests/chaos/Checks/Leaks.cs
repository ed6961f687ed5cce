using Berth.Chaos.History;

namespace Berth.Chaos.Checks;

/// <summary>When all have been silent for long enough, every seat can be claimed again, once.</summary>
internal static class Leaks
{
    /// <summary>What is missing.</summary>
    /// <param name="grants">The claims of nodes that nobody has seen before, as many as would be granted.</param>
    /// <param name="seats">How many seats each license gives, by its key.</param>
    public static IReadOnlyList<Violation> Check(IReadOnlyList<Operation> grants, IReadOnlyDictionary<string, int> seats)
    {
        var given = grants.Where(grant => grant is { IsGrant: true, License: not null }).CountBy(grant => grant.License!).ToDictionary();
        var at = grants.Count > 0 ? grants.Max(grant => grant.Received) : TimeSpan.Zero;
        return
        [
            .. seats
                .Select(license => (License: license.Key, Missing: license.Value - given.GetValueOrDefault(license.Key)))
                .Where(license => license.Missing > 0)
                .Select(license => new Violation(ViolationKind.Leaked, at, $"{license.Missing} seats of {license.License} are given to nobody", license.Missing)),
        ];
    }
}
