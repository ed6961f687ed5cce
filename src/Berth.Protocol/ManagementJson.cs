using System.Text.Json.Serialization;

namespace Berth.Protocol;

/// <summary>How the records of the management API are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AddLicensesRequest))]
[JsonSerializable(typeof(AddedLicenses))]
[JsonSerializable(typeof(RemovedLicense))]
[JsonSerializable(typeof(LicenseEntry))]
[JsonSerializable(typeof(LicenseListing))]
[JsonSerializable(typeof(PolicyParts))]
[JsonSerializable(typeof(PoolEntry))]
[JsonSerializable(typeof(PoolListing))]
[JsonSerializable(typeof(ServerDescription))]
[JsonSerializable(typeof(AuditListing))]
[JsonSerializable(typeof(HolderListing))]
[JsonSerializable(typeof(TakeSeatRequest))]
[JsonSerializable(typeof(TakenSeat))]
[JsonSerializable(typeof(DenialListing))]
[JsonSerializable(typeof(DenialTotals))]
[JsonSerializable(typeof(SettingListing))]
[JsonSerializable(typeof(RestoredCopyState))]
[JsonSerializable(typeof(ConfirmCopyRequest))]
[JsonSerializable(typeof(ImportPage))]
[JsonSerializable(typeof(ImportedPage))]
[JsonSerializable(typeof(ClusterState))]
[JsonSerializable(typeof(DownMemberRequest))]
[JsonSerializable(typeof(DownedMember))]
[JsonSerializable(typeof(LeavingMember))]
[JsonSerializable(typeof(LogPage))]
[JsonSerializable(typeof(ClusterEventListing))]
[JsonSerializable(typeof(ShardListing))]
[JsonSerializable(typeof(MoveShardRequest))]
[JsonSerializable(typeof(MovedShard))]
[JsonSerializable(typeof(JoinPlan))]
[JsonSerializable(typeof(Problem))]
public sealed partial class ManagementJson : JsonSerializerContext;
