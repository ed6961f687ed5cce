using System.Text.Json.Nodes;
using Berth.Protocol;
using Berth.Server.Management;

namespace Berth.Server.Tests.Management;

/// <summary>The description of the API says what the routes say, and hangs together.</summary>
public sealed class OpenApiDocumentTests
{
    private static readonly JsonNode _document = OpenApiDocument.Of(ApiOperations.All);

    [Fact]
    public void Every_route_is_in_it_with_its_parameters_and_types()
    {
        var routes = ManagementEndpoints.Descriptions;
        (routes.Count + 3).ShouldBe(_document["paths"]!.AsObject().Sum(path => path.Value!.AsObject().Count));
        foreach (var route in routes)
        {
            var call = _document["paths"]![route.Path]![route.Method.ToLowerInvariant()]!;
            call["summary"]!.GetValue<string>().ShouldBe(route.About.Summary);
            call["parameters"]!.AsArray().Where(parameter => parameter!["in"]!.GetValue<string>() == "query")
                .Select(parameter => (parameter!["name"]!.GetValue<string>(), parameter["required"]!.GetValue<bool>()))
                .ShouldBe(route.About.Query.Select(parameter => (parameter.Key, parameter.Required)), route.Path);
            Name(call["requestBody"]?["content"]!["application/json"]!).ShouldBe(route.About.Body?.Type.Name, route.Path);
            Name(call["responses"]!["200"]!["content"]!["application/json"]).ShouldBe(route.About.Answer?.Type.Name, route.Path);
            var named = string.Join(", ", call["responses"]!.AsObject().Select(answer => answer.Value!["description"]!.GetValue<string>()));
            route.About.Problems.ShouldAllBe(code => named.Contains(code, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_reference_leads_somewhere_and_every_schema_is_referred_to()
    {
        var references = References(_document).ToHashSet();
        references.ShouldContain("#/components/schemas/HolderEntry");
        references.ShouldAllBe(reference => Resolve(reference) != null);
        _document["components"]!["schemas"]!.AsObject().Select(schema => "#/components/schemas/" + schema.Key)
            .ShouldAllBe(name => references.Contains(name));
    }

    [Fact]
    public void Calls_have_names_of_their_own_and_each_an_answer()
    {
        var calls = _document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(call => call.Value!).ToList();
        calls.Select(call => call["operationId"]!.GetValue<string>()).ShouldBeUnique();
        calls.ShouldAllBe(call => call["responses"]!.AsObject().Count > 1);
        _document["openapi"]!.GetValue<string>().ShouldBe("3.1.0");
    }

    [Fact]
    public void Records_have_the_fields_that_are_sent()
    {
        var schemas = _document["components"]!["schemas"]!;
        var fields = schemas["HolderEntry"]!["properties"]!.AsObject().Select(field => field.Key);
        fields.ShouldBe(["fingerprint", "pool", "license", "number", "since", "user", "host", "lastHeartbeat", "expiresAt"]);
        schemas["LicenseListing"]!["properties"]!["licenses"]!["items"]!["$ref"]!.GetValue<string>().ShouldBe("#/components/schemas/LicenseEntry");
        schemas["LicenseUpload"]!["properties"]!["file"]!["contentEncoding"]!.GetValue<string>().ShouldBe("base64");
        schemas["Problem"]!["properties"]!.AsObject().Select(field => field.Key).ShouldContain("retryAt");
    }

    [Fact]
    public void The_native_claim_API_is_in_it_with_all_its_codes()
    {
        var path = _document["paths"]![ClaimRoutes.Claim]!.AsObject();
        path.Select(call => call.Key.ToUpperInvariant()).ShouldBe(ClaimRoutes.Methods.Split(", "), ignoreOrder: true);
        var text = path.ToJsonString();
        var codes = typeof(ClaimProblemCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!);
        codes.Where(code => code != ClaimProblemCodes.NotFound).ShouldAllBe(code => text.Contains(code, StringComparison.Ordinal));
        text.ShouldContain("#/components/schemas/ClaimEntry");
    }

    [Fact]
    public void Every_problem_that_a_route_names_is_known() =>
        ApiOperations.All.SelectMany(operation => operation.Problems).ShouldAllBe(code => ProblemKinds.Find(code) != null);

    private static string? Name(JsonNode? content) => content?["schema"]!["$ref"]?.GetValue<string>().Split('/')[^1];

    private static JsonNode? Resolve(string reference) => reference.Split('/').Skip(1).Aggregate((JsonNode?)_document, (node, key) => node?[key]);

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(field =>
            field is { Key: "$ref", Value: JsonValue value } ? [value.GetValue<string>()] : References(field.Value)),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };
}
