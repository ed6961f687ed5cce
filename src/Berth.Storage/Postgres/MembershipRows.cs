using System.Data.Common;
using Berth.Pools;
using Berth.Runtime.Ownership;
using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>How the rows of the membership table are stored.</summary>
internal static class MembershipRows
{
    /// <summary>The columns that <see cref="Member"/> reads. What all cards have in common stands in the row of the cluster.</summary>
    public const string MemberColumns =
        "incarnation, name, address, feature_level, lease_ms, ttl_ms, strategy, heartbeats, counter, state, crashes";

    /// <summary>Reads a member, with the cluster's name and digest of the secret.</summary>
    public static MemberRow Member(DbDataReader row, string cluster, string digest) => new(
        new Incarnation(row.GetInt64(0)),
        new MemberCard(row.GetString(1), row.GetString(2), cluster, digest, row.GetInt32(3), Milliseconds(row.GetInt64(4)), ExplicitPolicy(row)),
        row.GetInt64(8),
        (MemberState)row.GetInt16(9),
        row.GetInt32(10));

    /// <summary>Reads a shard: its number, epoch and former lease, from a column on.</summary>
    public static OwnedShard Owned(DbDataReader row, int first = 0) =>
        new(row.GetInt32(first), new Epoch(row.GetInt64(first + 1)), Milliseconds(row.GetInt64(first + 2)));

    /// <summary>Throws for what PostgreSQL has no text for, beside what no table takes.</summary>
    public static void Check(MemberCard card)
    {
        MembershipLimits.Check(card);
        Check([card.Name, card.Address, card.Cluster, card.SecretDigest]);
    }

    /// <summary>Throws for a text that PostgreSQL cannot have.</summary>
    public static void Check(IReadOnlyList<string> texts)
    {
        if (texts.Any(text => text.Contains('\0', StringComparison.Ordinal)))
        {
            throw new ArgumentException("a text with a zero character cannot be stored", nameof(texts));
        }
    }

    /// <summary>Puts a command with its parameters at the end of a batch.</summary>
    public static NpgsqlBatch Then(this NpgsqlBatch batch, string sql, params ReadOnlySpan<object?> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter switch
            {
                long number => new NpgsqlParameter<long> { TypedValue = number },
                int number => new NpgsqlParameter<int> { TypedValue = number },
                _ => new NpgsqlParameter { Value = parameter ?? DBNull.Value },
            });
        }

        batch.BatchCommands.Add(command);
        return batch;
    }

    private static PolicyException ExplicitPolicy(DbDataReader row) => new(
        row.IsDBNull(5) ? null : Milliseconds(row.GetInt64(5)),
        row.IsDBNull(6) ? null : (Strategy)row.GetInt16(6),
        row.IsDBNull(7) ? null : row.GetBoolean(7));

    private static TimeSpan Milliseconds(long value) => TimeSpan.FromMilliseconds(value);
}
