using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Server.Management;
using Berth.Testing.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Server.Tests.Management;

/// <summary>What Relay knew, in pages: on the pools of this process, and through a socket.</summary>
public abstract class RelayImportSuite : IAsyncLifetime
{
    private readonly MemoryJournal _journal = new();
    private readonly TestVendor _vendor = new();
    private PoolHost _host = null!;

    private protected Administration Inside { get; private set; } = null!;

    private protected abstract IAdministration Asked { get; }

    public virtual async ValueTask InitializeAsync()
    {
        _host = new PoolHost(_journal, new Epoch(1), TimeProvider.System, new PoolHostOptions(), NullLogger.Instance);
        await _host.StartAsync();
        Inside = new Administration(_host, _journal, TimeProvider.System, () => null!, Who.Nobody);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_page_is_taken_over_once_and_its_holder_holds()
    {
        var page = new ImportPage("cad", [One(holder: "n1"), One()]);
        var first = (await Asked.Import.ImportAsync(page, default)).Value!;
        (first.Licenses, first.Claims, first.Counted, first.Present, first.Remarks.Count).ShouldBe((2, 1, 10, 0, 0));
        var second = (await Asked.Import.ImportAsync(page, default)).Value!;
        (second.Licenses, second.Claims, second.Present).ShouldBe((0, 0, 2));
        (await _host.SendAsync(new PoolName("cad"), new ClaimSeat(new Fingerprint("n1"), Who.Nobody), default)).ShouldBeOfType<Renewed>();
        var entry = (await Asked.FindLicenseAsync(page.Licenses![0]!.Id!, default)).Value!;
        (entry.Claims, entry.AddedAt.ToUnixTimeMilliseconds(), entry.LastClaimedAt!.Value.ToUnixTimeMilliseconds()).ShouldBe((5, 1_000, 2_000));
    }

    [Fact]
    public async Task Checking_writes_nothing_and_an_empty_page_makes_the_pool()
    {
        var page = new ImportPage("cad", [One(holder: "n1")], CheckOnly: true);
        (await Asked.Import.ImportAsync(page, default)).Value!.Licenses.ShouldBe(1);
        (await Asked.FindPoolAsync("cad", default)).Problem!.Code.ShouldBe(ProblemCodes.PoolNotFound);
        (await Asked.Import.ImportAsync(new ImportPage("cad", []), default)).Value!.Licenses.ShouldBe(0);
        (await Asked.FindPoolAsync("cad", default)).Value!.Licenses.ShouldBe(0);
    }

    [Fact]
    public async Task What_cannot_be_taken_over_is_left_out_and_the_rest_is_not()
    {
        var there = One(holder: "n1");
        await Asked.Import.ImportAsync(new ImportPage("-", [there]), default);
        var (sameKey, good) = (One() with { Key = there.Key }, One());
        var renewed = One() with { Id = there.Id };
        var second = One(holder: "n1");
        var misnamed = One() with { Id = "other" };
        var page = (await Asked.Import.ImportAsync(new ImportPage("-", [renewed, second, misnamed, sameKey, good]), default)).Value!;
        (page.Licenses, page.Claims).ShouldBe((2, 0));
        page.Remarks.Select(remark => (remark.Kind, remark.License)).ShouldBe([
            (ImportRemark.LicenseLeftOut, there.Id!),
            (ImportRemark.ClaimLeftOut, second.Id!),
            (ImportRemark.LicenseLeftOut, "other"),
            (ImportRemark.Warning, sameKey.Id!),
            (ImportRemark.LicenseLeftOut, sameKey.Id!),
        ]);
        (await Asked.FindLicenseAsync(good.Id!, default)).IsGood.ShouldBeTrue();
    }

    [Fact]
    public async Task Files_are_verified_where_a_key_is_given()
    {
        var page = new ImportPage("-", [One()], new TestVendor().PublicKey);
        (await Asked.Import.ImportAsync(page, default)).Value!.Remarks.Single().Kind.ShouldBe(ImportRemark.LicenseLeftOut);
        (await Asked.Import.ImportAsync(page with { PublicKey = _vendor.PublicKey }, default)).Value!.Licenses.ShouldBe(1);
    }

    [Fact]
    public async Task What_makes_no_sense_is_an_invalid_request()
    {
        var one = One();
        ImportPage[] pages =
        [
            new("-", null),
            new(null, []),
            new("a\nb", []),
            new("-", [null]),
            new("-", [one with { Id = null }]),
            new("-", [one with { Key = string.Empty }]),
            new("-", [one with { File = default }]),
            new("-", [one with { Holder = "a\nb" }]),
            new("-", [one with { Claims = -1 }]),
            new("-", [one with { AddedMs = long.MaxValue }]),
            new("-", [one], PublicKey: "zz"),
            new("-", [.. Enumerable.Repeat(one, ImportPage.MaxLicenses + 1)]),
        ];
        foreach (var page in pages)
        {
            (await Asked.Import.ImportAsync(page, default)).Problem!.Code.ShouldBe(ProblemCodes.InvalidRequest);
        }
    }

    private LicenseImport One(string? holder = null)
    {
        var (id, file, key) = _vendor.Issue();
        return new LicenseImport(id, file, key, AddedMs: 1_000, Claims: 5, LastClaimedMs: 2_000, LastReleasedMs: 1_500, Holder: holder);
    }
}

public sealed class RelayImportTests : RelayImportSuite
{
    private protected override IAdministration Asked => Inside;
}

public sealed class RelayImportSocketTests : RelayImportSuite
{
    private readonly TestFolder _folder = new();
    private ManagementListener _listener = null!;
    private ManagementClient _client = null!;

    private protected override IAdministration Asked => _client;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _listener = await ManagementListener.StartAsync(Inside, _folder.File("x.sock"), NullLoggerFactory.Instance);
        _client = new ManagementClient(_folder.File("x.sock"), TimeProvider.System);
    }

    public override async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _listener.DisposeAsync();
        _folder.Dispose();
        await base.DisposeAsync();
    }
}
