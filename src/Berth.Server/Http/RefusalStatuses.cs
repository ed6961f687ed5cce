using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.Server.Http;

/// <summary>
/// What a stranger gets wrong is never a fault of the server: a refusal of the web server's own with a status of 500 or more (505 for a
/// version of HTTP that is none) becomes 400. The web server reports its refusals here before it sends them. It asks only for
/// those: a request in order costs nothing.
/// </summary>
internal sealed class RefusalStatuses : DiagnosticSource
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    public override bool IsEnabled(string name) => name == BadRequest;

    public override void Write(string name, object? value)
    {
        if (name == BadRequest && (value as IFeatureCollection)?.Get<IBadRequestExceptionFeature>()?.Error is BadHttpRequestException refusal
            && refusal.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            // The answer is made from the exception; what is set on the response itself is overwritten.
            StatusOf(refusal) = StatusCodes.Status400BadRequest;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<StatusCode>k__BackingField")]
    private static extern ref int StatusOf(BadHttpRequestException refusal);
}
