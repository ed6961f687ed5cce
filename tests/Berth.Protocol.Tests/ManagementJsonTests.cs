using System.Text.Json;

namespace Berth.Protocol.Tests;

/// <summary>What goes over the wire, which scripts and later members rely on.</summary>
public sealed class ManagementJsonTests
{
    [Fact]
    public void A_problem_has_its_type_and_comes_back()
    {
        var problem = new Problem(ProblemCodes.LicenseExists, 409, "there", [new AddedLicense("a", 2)]);
        var json = JsonSerializer.Serialize(problem, ManagementJson.Default.Problem);
        json.ShouldBe(
            "{\"code\":\"license-exists\",\"status\":409,\"detail\":\"there\",\"added\":[{\"id\":\"a\",\"seats\":2,\"renewed\":false}],"
            + "\"type\":\"urn:berth:problem:license-exists\"}");
        var back = JsonSerializer.Deserialize(json, ManagementJson.Default.Problem)!;
        (back.Code, back.Added!.Single()).ShouldBe((problem.Code, problem.Added![0]));
    }

    [Fact]
    public void Files_travel_as_base64()
    {
        var request = new AddLicensesRequest([new LicenseUpload(new byte[] { 1, 2, 255 }, "k")], "pk", null, AllSeats: true);
        var json = JsonSerializer.Serialize(request, ManagementJson.Default.AddLicensesRequest);
        json.ShouldBe("{\"licenses\":[{\"file\":\"AQL/\",\"key\":\"k\"}],\"publicKey\":\"pk\",\"allSeats\":true}");
        JsonSerializer.Deserialize(json, ManagementJson.Default.AddLicensesRequest)!.Licenses![0]!.File.ToArray().ShouldBe([1, 2, 255]);
    }

    [Fact]
    public void A_request_may_lack_everything()
    {
        var request = JsonSerializer.Deserialize("{}", ManagementJson.Default.AddLicensesRequest)!;
        (request.Licenses, request.PublicKey, request.Seats).ShouldBe((null, null, null));
    }

    [Fact]
    public void An_upload_does_not_show_its_key() => new LicenseUpload(default, "secret").ToString().ShouldNotContain("secret");
}
