using Berth.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Berth.Server.Forwarding;

/// <summary>The clock and the signature that a forwarding edge puts on what it answers on <c>/v1</c>.</summary>
internal sealed class EdgeStamp(AnswerClock clock, AnswerSignature? signature)
{
    public AnswerClock.Second Now => clock.Now;

    public void Put(HttpResponse response, AnswerClock.Second began, ReadOnlySpan<byte> body)
    {
        response.Headers["Relay-Clock"] = began.Text;
        if (signature is not null)
        {
            response.Headers["Relay-Signature"] = signature.Sign(began.Text, body, []);
        }
    }
}
