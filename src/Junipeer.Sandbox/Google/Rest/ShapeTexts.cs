namespace Junipeer.Sandbox.Google.Rest;

/// <summary>The messages of request bodies, by the discovery document of the API (Google's Node client puts a location into load besides). Fields the sandbox does nothing with are here too, as * or as they are: the methods refuse what they do not simulate.</summary>
internal static class ShapeTexts
{
    public const string All = """
        DatasetReference = datasetId,projectId:s
        TableReference = datasetId,projectId,tableId:s
        JobReference = jobId,projectId,location:s
        Dataset = kind,etag,id,selfLink,friendlyName,description,location,defaultCollation,defaultRoundingMode,storageBillingModel,type:s datasetReference:DatasetReference labels,resourceTags:m access:[*] isCaseInsensitive,satisfiesPzs,satisfiesPzi:b defaultTableExpirationMs,defaultPartitionExpirationMs,creationTime,lastModifiedTime,maxTimeTravelHours:i defaultEncryptionConfiguration,tags,linkedDatasetSource,linkedDatasetMetadata,externalDatasetReference,externalCatalogDatasetOptions,restrictions:*
        Schema = fields:[FieldSchema] foreignTypeInfo:*
        FieldSchema = name,type,mode,description,defaultValueExpression,collation,roundingMode,timestampPrecision:s fields:[FieldSchema] precision,scale,maxLength:i policyTags,categories,dataPolicies,rangeElementType,foreignTypeDefinition,nameAlternative,identityMode:*
        TimePartitioning = type,field:s expirationMs:i requirePartitionFilter:b
        Range = start,end,interval:i
        RangePartitioning = field:s range:Range
        Clustering = fields:[s]
        PrimaryKey = columns:[s]
        TableConstraints = primaryKey:PrimaryKey foreignKeys:[*]
        Table = kind,etag,id,selfLink,friendlyName,description,type,location,defaultCollation,defaultRoundingMode,caseInsensitive,maxStaleness,managedTableType:s tableReference:TableReference schema:Schema timePartitioning:TimePartitioning rangePartitioning:RangePartitioning clustering:Clustering tableConstraints:TableConstraints labels,resourceTags:m requirePartitionFilter,satisfiesPzs:b expirationTime,creationTime,lastModifiedTime,numBytes,numRows,numLongTermBytes,numActiveLogicalBytes,numTotalLogicalBytes,numPhysicalBytes,numPartitions,numTimeTravelPhysicalBytes,numTotalPhysicalBytes,numActivePhysicalBytes,numLongTermPhysicalBytes,numLongTermLogicalBytes,numCurrentPhysicalBytes:i view,materializedView,materializedViewStatus,externalDataConfiguration,biglakeConfiguration,streamingBuffer,snapshotDefinition,cloneDefinition,encryptionConfiguration,model,replicas,tableReplicationInfo,partitionDefinition,externalCatalogTableOptions,restrictions:*
        TestIam = permissions:[s]
        InsertRow = insertId:s json:*
        InsertAll = kind,templateSuffix,traceId:s skipInvalidRows,ignoreUnknownValues:b rows:[InsertRow]
        Job = kind,etag,id,selfLink,user_email,principal_subject:s jobReference:JobReference configuration:JobConfiguration statistics,status,jobCreationReason:*
        JobConfiguration = jobType,reservation:s jobTimeoutMs:i dryRun:b labels:m maxSlots:n load:Load query:Query copy,extract:*
        Load = location:s sourceUris:[s] schema:Schema destinationTable:TableReference destinationTableProperties:* createDisposition,writeDisposition,nullMarker,fieldDelimiter,encoding,quote,sourceFormat,schemaInline,schemaInlineFormat,columnNameCharacterMap,timeZone,dateFormat,datetimeFormat,timeFormat,timestampFormat,jsonExtension,fileSetSpecType,referenceFileSchemaUri,sourceColumnMatch:s nullMarkers,projectionFields,decimalTargetTypes,schemaUpdateOptions:[s] skipLeadingRows,maxBadRecords:n allowQuotedNewlines,allowJaggedRows,ignoreUnknownValues,autodetect,useAvroLogicalTypes,createSession,preserveAsciiControlCharacters,copyFilesOnly:b timePartitioning:TimePartitioning rangePartitioning:RangePartitioning clustering:Clustering destinationEncryptionConfiguration,hivePartitioningOptions,parquetOptions,connectionProperties,timestampTargetPrecision:*
        Query = query,createDisposition,writeDisposition,priority,parameterMode:s destinationTable:TableReference defaultDataset:DatasetReference allowLargeResults,useQueryCache,flattenResults,useLegacySql,createSession,continuous:b maximumBillingTier:n maximumBytesBilled:i schemaUpdateOptions:[s] queryParameters:[QueryParameter] timePartitioning:TimePartitioning rangePartitioning:RangePartitioning clustering:Clustering scriptOptions:ScriptOptions systemVariables,tableDefinitions,userDefinedFunctionResources,destinationEncryptionConfiguration,connectionProperties,writeIncrementalResults:*
        ScriptOptions = statementTimeoutMs,statementByteBudget:i keyResultStatement:s
        QueryParameter = name:s parameterType:ParameterType parameterValue:ParameterValue
        ParameterType = type,timestampPrecision:s arrayType,rangeElementType:ParameterType structTypes:[StructType]
        StructType = name,description:s type:ParameterType
        ParameterValue = value:* arrayValues:[ParameterValue] structValues,rangeValue:*
        QueryRequest = kind,query,location,parameterMode,requestId,jobCreationMode,reservation:s maxResults,timeoutMs:n jobTimeoutMs,maximumBytesBilled:i defaultDataset:DatasetReference dryRun,preserveNulls,useQueryCache,useLegacySql,createSession,continuous,writeIncrementalResults:b queryParameters:[QueryParameter] labels:m formatOptions:FormatOptions connectionProperties,destinationEncryptionConfiguration:* maxSlots:n
        Impersonate = scope,delegates:[s] lifetime:s
        FormatOptions = useInt64Timestamp:b timestampOutputFormat:s
        """;
}
