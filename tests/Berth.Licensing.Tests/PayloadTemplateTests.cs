using System.Text;
using System.Text.Json;

namespace Berth.Licensing.Tests;

public sealed class PayloadTemplateTests
{
    private const string Least = """{"data":{"attributes":{}}}""";
    private static readonly DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly VendorKey _vendor = VendorKey.Generate();

    [Fact]
    public void What_all_licenses_have_may_be_left_out()
    {
        var (issued, license) = Issue(Least);
        (issued.Id, issued.Key).ShouldBe(("the-id", "THE-KEY"));
        (license.Id, license.Key, license.Name, license.MaxMachines).ShouldBe(("the-id", "THE-KEY", null, null));
        (license.FileIssued, license.FileEnd, license.LicenseExpiry).ShouldBe((_now, null, null));
    }

    [Fact]
    public void Placeholders_are_filled_in()
    {
        var payload = Payload("""
            {
              "data": { "type": "licenses", "attributes": { "name": "Site {n} of {{{city}}} }}{{", "maxMachines": "{#n}", "floating": "{#free}", "uses": "{#none}" } },
              "included": [ { "type": "entitlements", "id": "{id}/{n}", "attributes": { "code": "{key}" } }, 1.50, true, null ]
            }
            """,
            ["city", "free", "none"],
            ["Bergen \"N\"", "true", ""]);
        var attributes = payload.GetProperty("data").GetProperty("attributes");
        attributes.GetProperty("name").GetString().ShouldBe("Site 7 of {Bergen \"N\"} }{");
        attributes.GetProperty("maxMachines").GetInt32().ShouldBe(7);
        attributes.GetProperty("floating").GetBoolean().ShouldBeTrue();
        attributes.GetProperty("uses").ValueKind.ShouldBe(JsonValueKind.Null);
        payload.GetProperty("included").GetRawText().ShouldBe("""[{"type":"entitlements","id":"the-id/7","attributes":{"code":"THE-KEY"}},1.50,true,null]""");
    }

    [Fact]
    public void Columns_set_attributes_and_empty_cells_leave_the_template()
    {
        const string Template = """{"data":{"attributes":{"name":"all","maxMachines":3}}}""";
        string[] columns = ["name", "maxMachines", "expiry", "id", "key"];
        var (_, full) = Issue(Template, columns, ["one", "9", "2027-01-31T00:00:00.000Z", "own-id", "OWN"]);
        (full.Name, full.MaxMachines, full.LicenseExpiry, full.Id, full.Key)
            .ShouldBe(("one", 9, new DateTimeOffset(2027, 1, 31, 0, 0, 0, TimeSpan.Zero), "own-id", "OWN"));
        var (_, bare) = Issue(Template, columns, ["", "", "", "", ""]);
        (bare.Name, bare.MaxMachines, bare.LicenseExpiry, bare.Id, bare.Key).ShouldBe(("all", 3, null, "the-id", "THE-KEY"));
    }

    [Fact]
    public void A_column_that_the_template_uses_itself_sets_nothing_else() =>
        Issue("""{"data":{"attributes":{"name":"Site {name}"}}}""", ["name"], ["x"]).License.Name.ShouldBe("Site x");

    [Fact]
    public void The_key_inside_is_the_one_that_opens_the_file()
    {
        var (issued, license) = Issue("""{"data":{"id":"L{n}","attributes":{"key":"ACME-{n}-{key}"}}}""");
        (issued.Id, issued.Key, license.Key).ShouldBe(("L7", "ACME-7-THE-KEY", "ACME-7-THE-KEY"));
    }

    [Fact]
    public void The_end_of_the_file_follows_from_its_ttl()
    {
        Issue("""{"data":{"attributes":{}},"meta":{"ttl":3600}}""").License.FileEnd.ShouldBe(_now.AddHours(1));
        Issue("""{"data":{"attributes":{}},"meta":{"ttl":3600,"issued":"2026-03-01T11:30:00.000Z"}}""").License.FileEnd.ShouldBe(_now.AddMinutes(30));
    }

    [Theory]
    [InlineData("", "line 1: not JSON: ")]
    [InlineData("[]", "line 1: not a JSON object")]
    [InlineData("{\n\"data\": {\n\"attributes\": {},\n}}", "line 4: not JSON: ")]
    [InlineData("{\n\"data\": 1}", "line 2: data is not an object")]
    [InlineData("{}", "line 1: data is missing")]
    [InlineData("{\n\"data\": {\n}}", "line 2: attributes is missing")]
    [InlineData("{\n\"data\":{\n\"type\":\"machines\",\"attributes\":{}}}", "line 3: data.type is not \"licenses\"")]
    [InlineData("{\n\"data\":{\n\"attributes\":{},\n\"attributes\":{}}}", "line 4: \"attributes\" stands twice in one object")]
    [InlineData("{\"data\":{\"attributes\":{\n\n\"name\":\"{nmae}\"}}}", "line 3: {nmae} means nothing: there are {n}, {id}, {key}")]
    [InlineData("{\"data\":{\"attributes\":{\n\"name\":\"{n\"}}}", "line 2: a brace without the other in \"{n\"")]
    [InlineData("{\"data\":{\"attributes\":{\n\"name\":\"n}\"}}}", "line 2: a brace without the other in \"n}\"")]
    [InlineData("{\"data\":{\"attributes\":{\n\"name\":\"a{#n}\"}}}", "line 2: {#n} must be the whole text")]
    [InlineData("{\"data\":{\"attributes\":{}},\n\"meta\":{\"ttl\":\"1h\"}}", "line 2: meta.ttl is not a whole number of seconds")]
    [InlineData("{\"data\":{\"attributes\":{}},\n\"meta\":{\"issued\":\"soon\"}}", "line 2: meta.issued is not a time")]
    [InlineData("{\"data\":{\"attributes\":{}},\n\"meta\":{\"issued\":\"{n}\"}}", "line 2: meta takes no placeholders")]
    [InlineData("{\"data\":{\"attributes\":{\n\"name\":\"\\ud800\"}}}", "line 2: a text that is not UTF-8, or holds half a surrogate pair")]
    public void What_is_wrong_is_said_with_its_line(string json, string message) =>
        Should.Throw<InvalidDataException>(() => Parse(json)).Message.ShouldStartWith(message);

    [Theory]
    [InlineData("site", "line 1: the list's column site is used nowhere")]
    [InlineData("n", "the list's column \"n\" is empty, taken or there twice")]
    [InlineData("", "the list's column \"\" is empty, taken or there twice")]
    public void A_column_without_a_meaning_is_refused(string column, string message) =>
        Should.Throw<InvalidDataException>(() => Parse(Least, column)).Message.ShouldStartWith(message);

    [Theory]
    [InlineData("maxMachines", "many", "maxMachines is \"many\", which is neither a number nor true or false")]
    [InlineData("maxMachines", "1.5", "one of name, expiry and maxMachines in data.attributes is unreadable")]
    [InlineData("expiry", "tomorrow", "one of name, expiry and maxMachines in data.attributes is unreadable")]
    [InlineData("id", "a\nb", "its id has more than 128 bytes, or its id or key holds control characters")]
    [InlineData("key", "a\tb", "its id has more than 128 bytes, or its id or key holds control characters")]
    [InlineData("key", " a", "its key begins or ends with blanks")]
    public void Values_that_make_no_license_are_refused(string column, string cell, string message) =>
        Should.Throw<InvalidDataException>(() => Issue(Least, [column], [cell])).Message.ShouldBe(message);

    [Fact]
    public void A_document_of_the_flags_is_a_template()
    {
        var template = new LicenseTemplate { Id = "", Key = "", Name = "a{b}", Issued = _now, Ttl = TimeSpan.FromHours(2), MaxMachines = 4 };
        var (_, license) = Issue(Encoding.UTF8.GetString(LicenseIssuer.Document(template)));
        (license.Name, license.MaxMachines, license.FileEnd).ShouldBe(("a{b}", 4, _now.AddHours(2)));
    }

    private static PayloadTemplate Parse(string json, params string[] columns) => PayloadTemplate.Parse(Encoding.UTF8.GetBytes(json), columns, _now);

    private static (IssuedFile Issued, License License) Issue(string json, string[]? columns = null, string[]? cells = null)
    {
        var issued = Parse(json, columns ?? []).Issue(7, "the-id", "THE-KEY", cells ?? [], _vendor.Seed);
        var reading = LicenseReader.Read(issued.File, issued.Key, _vendor.PublicKeyHex, _now);
        return (issued, reading.ShouldBeOfType<LicenseAccepted>().License);
    }

    private static JsonElement Payload(string json, string[] columns, string[] cells)
    {
        var issued = Issue(json, columns, cells).Issued;
        LicenseCertificate.TryParse(issued.File, out var certificate, out _).ShouldBeTrue();
        LicenseDecryptor.TryDecrypt(certificate!.Enc, issued.Key, out var plaintext).ShouldBeTrue();
        return JsonDocument.Parse(plaintext!).RootElement;
    }
}
