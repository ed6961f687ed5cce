using System.Text.Json;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Berth.Runtime.Routing;

namespace Berth.Runtime.Tests.Routing;

/// <summary>Messages with every command and every reply: with every optional part, and with none.</summary>
internal static class HopSamples
{
    private static readonly Who _full = new("operator", "192.0.2.7:49152", "zoë", "host-1.example");
    private static readonly Policy _policy = new(TimeSpan.FromDays(366), Strategy.Lifo, true);
    private static readonly PolicyException _exception = new(TimeSpan.FromSeconds(90), Strategy.Rand, false);
    private static readonly LicenseGrant _grant = new(new("lic-1"), 1_000_000, 1_893_456_000_000);
    private static readonly LicenseGrant _bareGrant = new(new("l"), 1, null);

    private static readonly ImportedLicense _import =
        new(_grant, 1_767_000_000_000, 17, 1_767_000_001_000, 1_767_000_002_000, new("nœud"));

    private static readonly ImportedLicense _bareImport = new(_bareGrant, 0, 0, 0, 0, null);

    private static readonly HolderView _holder = new(
        new("nœud"), 42, 1_767_000_001_000, "zoë", "host-1.example", new("lic-1"), 99, 1_767_000_005_000, 1_767_000_065_000);

    private static readonly HolderView _bareHolder = new(new("n"), 1, 0, null, null, new("l"), 1, null, null);

    private static readonly LicenseView _license = new(
        new("lic-1"), 3, 2, 42, 17, 1_767_000_000_000, 1_767_000_001_000, 1_767_000_002_000, 1_893_456_000_000, true, [_holder, _bareHolder]);

    private static readonly LicenseView _bareLicense = new(new("l"), 1, 0, null, 0, 0, 0, 0, null, false, []);

    private static readonly (string Name, PoolCommand Command)[] _commands =
    [
        ("ClaimSeat.full", new ClaimSeat(new("nœud"), _full, "claim-key")),
        ("ClaimSeat.node", new ClaimSeat(new("node-1"), new Who("node", "192.0.2.7", null, null))),
        ("ClaimSeat.bare", new ClaimSeat(new("n"), Who.Nobody)),
        ("ReleaseSeat.full", new ReleaseSeat(new("nœud"), _full, "claim-key")),
        ("ReleaseSeat.bare", new ReleaseSeat(new("n"), Who.Nobody)),
        ("TakeSeat.full", new TakeSeat(new("nœud"), "left the läb", 300_000, _full)),
        ("TakeSeat.bare", new TakeSeat(new("n"), "r", 0, Who.Nobody)),
        ("AskFreeSeat", new AskFreeSeat()),
        ("AskClaim", new AskClaim(new("nœud"))),
        ("AskHolder", new AskHolder(new("nœud"))),
        ("AskHolders.full", new AskHolders(7, long.MaxValue, 1_000)),
        ("AskHolders.bare", new AskHolders(-1, 0, 1)),
        ("AskNextDeadline", new AskNextDeadline()),
        ("AskSummary", new AskSummary()),
        ("AskLicenses.full", new AskLicenses(int.MaxValue, 1_000)),
        ("AskLicenses.bare", new AskLicenses(-1, 1)),
        ("AskLicense", new AskLicense(new("lic-1"))),
        ("AddLicenses.full", new AddLicenses([_grant, _bareGrant], _full)),
        ("AddLicenses.bare", new AddLicenses([], Who.Nobody)),
        ("ChangeLicense.full", new ChangeLicense(_grant, _full)),
        ("ChangeLicense.bare", new ChangeLicense(_bareGrant, Who.Member)),
        ("ImportLicenses.full", new ImportLicenses([_import, _bareImport], _full)),
        ("ImportLicenses.bare", new ImportLicenses([], Who.Nobody)),
        ("RemoveLicense", new RemoveLicense(new("lic-1"), _full)),
        ("SetPolicyException.full", new SetPolicyException(_exception, _full)),
        ("SetPolicyException.bare", new SetPolicyException(PolicyException.None, Who.Nobody)),
        ("SetPolicyException.on", new SetPolicyException(new(null, Strategy.Fifo, true), _full)),
        ("CutHistory", new CutHistory(1_234, new string('a', 64), Who.Member)),
        ("ConfirmCopy", new ConfirmCopy("the file was çopied", _full)),
        ("SetClusterPolicy", new SetClusterPolicy(_policy, Who.Member)),
    ];

    private static readonly (string Name, PoolReply Reply)[] _replies =
    [
        ("Granted", new Granted(new("lic-1"), 60_000, 42)),
        ("Renewed.again", new Renewed(new("lic-1"), 60_000, true)),
        ("Renewed.bare", new Renewed(new("l"), 30_000, false)),
        ("Released", Released.Instance),
        ("NoSeatFree.none", new NoSeatFree(DenialReason.NoLicenses)),
        ("NoSeatFree.expired", new NoSeatFree(DenialReason.Expired)),
        ("NotHeld", NotHeld.Instance),
        ("NotOwner", NotOwner.Instance),
        ("Busy", Busy.Instance),
        ("Unknown", Unknown.Instance),
        ("NotWritten.full", new NotWritten("the disk is füll")),
        ("NotWritten.bare", new NotWritten(string.Empty)),
        ("AlreadyHeld", AlreadyHeld.Instance),
        ("HeldElsewhere", HeldElsewhere.Instance),
        ("OtherClaimKey", OtherClaimKey.Instance),
        ("CoolingDown", new CoolingDown(299_000)),
        ("GrantsWithheld", GrantsWithheld.Instance),
        ("NoSuchPool", NoSuchPool.Instance),
        ("SeatIsFree", SeatIsFree.Instance),
        ("NextDeadline.full", new NextDeadline(12_345)),
        ("NextDeadline.bare", new NextDeadline(null)),
        ("Changed", Changed.Instance),
        ("DuplicateLicense.full", new DuplicateLicense(new("lic-1"))),
        ("DuplicateLicense.bare", new DuplicateLicense(null)),
        ("NoSuchLicense", new NoSuchLicense(new("lic-1"))),
        ("PoolSummary.full", new PoolSummary(new("wärme"), 3, 1_000_000_000_000, 17, 999_999_999_983, 77, _exception, _policy, _policy)),
        ("PoolSummary.on", new PoolSummary(new("p"), 1, 1, 1, 1, 1, new(null, null, true), Policy.Default, null)),
        ("PoolSummary.bare", new PoolSummary(PoolName.Global, 0, 0, 0, 0, 0, PolicyException.None, Policy.Default, null)),
        ("HolderPage.full", new HolderPage([_holder, _bareHolder], new AskHolders(7, 43, 2))),
        ("HolderPage.bare", new HolderPage([], null)),
        ("LicensePage.full", new LicensePage([_license, _bareLicense], 7)),
        ("LicensePage.bare", new LicensePage([], null)),
    ];

    private static readonly PoolName _pool = new("wärme");

    private static readonly LicenseRow[] _rows =
    [
        new(new("lic-1"), _pool, new byte[] { 0, 1, 2, 0xFF }, "A1B2-C3D4-É"), new(new("l"), _pool, new byte[] { 9 }, "k"),
    ];

    private static readonly HopRequest _hello = new(HopKind.Hello, new(7), 1, new(0), 0, PoolName.Global, null, []);

    public static IReadOnlyList<(string Name, HopRequest Request)> Requests { get; } =
    [
        ("hello", _hello),
        ("look", _hello with { Kind = HopKind.Look, To = new(8), NotAfterMs = -5 }),
        .. _commands.Select(sample => (sample.Name, Call(sample.Command))),
        ("AddLicenses.rows", Call(new AddLicenses([_grant, _bareGrant], _full), _rows)),
        ("ImportLicenses.rows", Call(new ImportLicenses([_import, _bareImport], _full), _rows)),
        ("ChangeLicense.rows", Call(new ChangeLicense(_grant, _full), _rows[0])),
        ("AskSummary.global", Call(new AskSummary()) with { Pool = PoolName.Global }),
        ("describe", _hello with { Kind = HopKind.Describe, To = new(8) }),
        ("move", _hello with { Kind = HopKind.Move, To = new(8), Order = new ShardOrder(255, new(9), 0) }),
        ("keep", _hello with { Kind = HopKind.Keep, To = new(8), Order = new ShardOrder(0, default, 600_000) }),
    ];

    public static IReadOnlyList<(string Name, HopResponse Response)> Responses { get; } =
    [
        .. _replies.Select(sample => (sample.Name, Answer(sample.Reply))),
        ("NotOwner.hello", new HopResponse(new(8), -1, new(0), NotOwner.Instance)),
        ("Granted.file", Answer(_replies.First(sample => sample.Reply is Granted).Reply) with { FileNumber = 300 }),
        ("HolderPage.wall", Answer(_replies.First(sample => sample.Reply is HolderPage).Reply) with { WallMs = 1_785_542_400_000 }),
        ("Renewed.both", Answer(_replies.First(sample => sample.Reply is Renewed).Reply) with { FileNumber = 1, WallMs = -1 }),
        ("NotOwner.note", new HopResponse(new(8), 1, new(0), NotOwner.Instance) { Note = new byte[] { 0, 1, 0xFF } }),
        ("NotOwner.account", new HopResponse(new(8), 1, new(0), NotOwner.Instance) { Note = Note(Account) }),
        ("Renewed.all", Answer(_replies.First(sample => sample.Reply is Renewed).Reply) with { FileNumber = 1, WallMs = -1, Note = new byte[] { 7 } }),
    ];

    public static MemberAccount Account =>
        new("1.2.3-pré", 7, MemberStage.Leaving, 2_345, [new(0, 1, 100_000_000_000, 0), new(255, 0, 0, 600_000)]);

    /// <summary>The bytes of every sample under its name.</summary>
    public static IReadOnlyList<(string Name, byte[] Bytes)> Messages { get; } =
    [
        .. Requests.Select(sample => ("request " + sample.Name, Bytes(sample.Request))),
        .. Responses.Select(sample => ("response " + sample.Name, Bytes(sample.Response))),
    ];

    public static byte[] Note(MemberAccount account)
    {
        var to = new ByteWriter();
        account.Write(to);
        return to.Written.ToArray();
    }

    public static HopRequest Call(PoolCommand command, params LicenseRow[] rows) =>
        new(HopKind.Call, new(7), 300, new(8), 1_234_567, _pool, command, rows);

    public static HopResponse Answer(PoolReply reply) => new(new(8), 1_234_560, new(5), reply);

    public static byte[] Bytes(HopRequest request)
    {
        var to = new ByteWriter();
        HopFormat.Write(to, request);
        return to.Written.ToArray();
    }

    public static byte[] Bytes(HopResponse response)
    {
        var to = new ByteWriter();
        HopFormat.Write(to, response);
        return to.Written.ToArray();
    }

    /// <summary>Every field of a message as text: records compare the lists in them by identity.</summary>
    public static string Show(HopRequest request) =>
        Fields(request with { Command = null }) + request.Command?.GetType().Name + (request.Command is null ? null : Fields(request.Command));

    /// <summary>The same of a response.</summary>
    public static string Show(HopResponse response) =>
        Fields(response with { Reply = NotOwner.Instance }) + response.Reply.GetType().Name + Fields(response.Reply);

    private static string Fields(object record) => JsonSerializer.Serialize(record, record.GetType());
}
