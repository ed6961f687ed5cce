using Microsoft.AspNetCore.Http;

namespace Berth.Server.Http;

/// <summary>What a request prefers (RFC 7240).</summary>
internal static class Preferences
{
    public const string Representation = "return=representation";

    /// <summary>A renewal is to hand out the license again.</summary>
    public static bool WantRepresentation(IHeaderDictionary headers) =>
        headers.TryGetValue("Prefer", out var prefer)
        && prefer.ToString().Contains(Representation, StringComparison.OrdinalIgnoreCase);
}
