using Berth.Runtime.Journal;
using Berth.Storage.Sqlite;

namespace Berth.Storage.Tests.Sqlite;

/// <summary>
/// A file has no other members to ask what they can read. So an older Berth refuses it by the version of its tables, before it opens a pool: each feature
/// level brings a version.
/// </summary>
public sealed class FeatureSchemaTests
{
    /// <summary>The version of the tables that came with feature level 1, 2 and so on. It may grow and never changes.</summary>
    private static readonly int[] _versions = [2];

    [Fact]
    public void Each_feature_level_brought_a_version_of_the_tables()
    {
        _versions.Length.ShouldBe(FeatureLevels.Newest);
        _versions.ShouldBe(_versions.Distinct().Order());
        _versions[^1].ShouldBeLessThanOrEqualTo(SqliteSchema.Version);
    }
}
