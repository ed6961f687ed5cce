namespace Berth.Protocol;

/// <summary>What the bearer of a token may do. Only <see cref="Admin"/> includes all others; each includes <see cref="Viewer"/>.</summary>
public enum ManagementRole
{
    /// <summary>Reads what holds no secret.</summary>
    Viewer,

    /// <summary>Runs the site: policy, pools, claims.</summary>
    Operator,

    /// <summary>Adds and removes licenses.</summary>
    Vendor,

    /// <summary>Everything.</summary>
    Admin,
}

/// <summary>How roles are written, and which includes which.</summary>
public static class ManagementRoles
{
    /// <summary>The roles as people write them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["viewer", "operator", "vendor", "admin"];

    /// <summary>The role as people write it.</summary>
    public static string Text(this ManagementRole role) => Names[(int)role];

    /// <summary>Whether who has this role may do what needs another.</summary>
    public static bool Includes(this ManagementRole role, ManagementRole needed) =>
        role == needed || role == ManagementRole.Admin || needed == ManagementRole.Viewer;

    /// <summary>Reads what <see cref="Text"/> wrote; null: no such role.</summary>
    public static ManagementRole? Parse(string text)
    {
        for (var at = 0; at < Names.Count; at++)
        {
            if (string.Equals(Names[at], text, StringComparison.Ordinal))
            {
                return (ManagementRole)at;
            }
        }

        return null;
    }
}
