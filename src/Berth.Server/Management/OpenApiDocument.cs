using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>The description of the API as OpenAPI 3.1, made from the calls themselves and the records that they take and give.</summary>
internal static class OpenApiDocument
{
    public static JsonNode Of(IReadOnlyList<ApiOperation> operations)
    {
        var schemas = new OpenApiSchemas();
        var paths = new JsonObject();
        foreach (var path in operations.GroupBy(operation => operation.Path))
        {
            paths[path.Key] = new JsonObject(path.Select(operation =>
                KeyValuePair.Create<string, JsonNode?>(operation.Method.ToLowerInvariant(), Operation(operation, schemas))));
        }

        var problem = schemas.Reference(ManagementJson.Default.Problem);
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Berth",
                ["description"] = "Problems are application/problem+json (RFC 9457): docs/errors.md explains each code. On the Unix socket no token is asked for.",
                ["version"] = Version(),
                ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" },
            },
            ["security"] = new JsonArray(new JsonObject(), new JsonObject { ["token"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas.All(),
                ["responses"] = new JsonObject
                {
                    ["Problem"] = new JsonObject
                    {
                        ["description"] = "Why it was not done",
                        ["content"] = new JsonObject { [Problem.ContentType] = new JsonObject { ["schema"] = problem } },
                    },
                },
                ["securitySchemes"] = new JsonObject { ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" } },
            },
        };
    }

    /// <summary>One name for each call: <c>put /admin/pool/exception</c> is <c>putAdminPoolException</c>.</summary>
    internal static string IdOf(string method, string path) => method.ToLowerInvariant() + string.Concat(
        path.Split(['/', '.', '{', '}', '-'], StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static JsonObject Operation(ApiOperation operation, OpenApiSchemas schemas)
    {
        var node = new JsonObject
        {
            ["operationId"] = IdOf(operation.Method, operation.Path),
            ["summary"] = operation.Summary,
            ["parameters"] = new JsonArray([.. operation.Parameters.Select(Parameter)]),
        };
        if (operation.Body is { } body)
        {
            node["requestBody"] = new JsonObject
            {
                ["required"] = operation.BodyRequired,
                ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = schemas.Reference(body) } },
            };
        }

        node["responses"] = Responses(operation, schemas);
        return node;
    }

    private static JsonObject Responses(ApiOperation operation, OpenApiSchemas schemas)
    {
        var responses = new JsonObject();
        foreach (var answer in operation.Answers)
        {
            var content = new JsonObject();
            if (answer.Body is { } type)
            {
                content[answer.Type] = new JsonObject { ["schema"] = schemas.Reference(type) };
            }

            if (answer.AlsoAs is { } other)
            {
                content[other] = new JsonObject { ["schema"] = new JsonObject { ["type"] = other == "application/json" ? "object" : "string" } };
            }

            responses[$"{answer.Status}"] = new JsonObject { ["description"] = answer.About, ["content"] = content };
        }

        var problems = operation.Problems.Distinct().GroupBy(code => ProblemKinds.Find(code)?.Status ?? 500).OrderBy(codes => codes.Key);
        foreach (var codes in problems)
        {
            responses[$"{codes.Key}"] = new JsonObject
            {
                ["$ref"] = "#/components/responses/Problem",
                ["description"] = string.Join(", ", codes),
            };
        }

        return responses;
    }

    private static JsonObject Parameter(ApiParameter parameter) => new()
    {
        ["name"] = parameter.Name,
        ["in"] = parameter.Place,
        ["description"] = parameter.About,
        ["required"] = parameter.Required,
        ["schema"] = new JsonObject { ["type"] = parameter.Type },
    };

    private static string Version() =>
        typeof(OpenApiDocument).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}

/// <summary>How the description is written: for people as well.</summary>
[JsonSerializable(typeof(JsonNode))]
internal sealed partial class OpenApiJson : JsonSerializerContext
{
    public static OpenApiJson Readable { get; } = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
