using Berth.Storage;

namespace Berth.Server;

/// <summary>Who may read a file with a secret in it.</summary>
public static class SecretFileRights
{
    private const UnixFileMode OthersMay = UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private const uint Root = 0;

    /// <summary>
    /// Its owner alone; or its group may read it too, where it is root's and this process is not: that is how Kubernetes (<c>fsGroup</c>),
    /// systemd (<c>LoadCredential</c>, whose access list shows as the group's rights) and container engines hand a secret to a user who cannot own it.
    /// </summary>
    public static bool AreTight(string path, UnixFileMode mode) =>
        (mode & OthersMay) == UnixFileMode.None
        && ((mode & UnixFileMode.GroupRead) == UnixFileMode.None || (!Environment.IsPrivilegedProcess && FileOwner.Of(path) == Root));
}
