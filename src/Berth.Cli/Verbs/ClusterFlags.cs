using Berth.Cli.Flags;

namespace Berth.Cli.Verbs;

/// <summary>The settings of a member among others.</summary>
internal static class ClusterFlags
{
    /// <summary>The variable that may hold the secret itself.</summary>
    public const string SecretVariable = "BERTH_CLUSTER_SECRET";

    public static readonly Flag Name =
        new Flag("cluster-name", FlagKind.Text, "the cluster's name; the first member records it in the store (berth)").Twinned();

    public static readonly Flag Member =
        new Flag("member-name", FlagKind.Text, "what this member is called, here and in Berth-Member (the host's name)").Twinned();

    public static readonly Flag Advertise =
        new Flag("advertise", FlagKind.Text, "HOST[:PORT] by which the other members reach this one (the machine's address, where it has one)").Twinned();

    public static readonly Flag Bind =
        new Flag("cluster-bind", FlagKind.Text, "the address that the cluster port listens on (that of --advertise, if it is one of this machine)").Twinned();

    public static readonly Flag Port =
        new Flag("cluster-port", FlagKind.Number, "the port of members among each other, 0 for any that is free (6350)").Twinned();

    public static readonly Flag SecretFile =
        new Flag("cluster-secret-file", FlagKind.Text, "the file with the secret that all members share; BERTH_CLUSTER_SECRET may hold it itself").Twinned();

    public static readonly Flag Lease =
        new Flag("lease", FlagKind.Duration, "how long a member answers after it has renewed its lease, 1s to 60s (3s)").Twinned();

    public static readonly Flag TlsCert =
        new Flag("cluster-tls-cert", FlagKind.Text, "the cluster port's certificate and those up to its root: a PEM file").Twinned();

    public static readonly Flag TlsKey =
        new Flag("cluster-tls-key", FlagKind.Text, "that certificate's private key: a PEM file without a password").Twinned();

    public static readonly Flag TlsCa =
        new Flag("cluster-tls-ca", FlagKind.Text, "who signs the members' certificates: a PEM file").Twinned();

    public static IReadOnlyList<Flag> All { get; } =
        [Name, Member, Advertise, Bind, Port, SecretFile, Lease, TlsCert, TlsKey, TlsCa];
}
