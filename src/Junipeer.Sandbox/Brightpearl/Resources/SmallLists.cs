using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.IdSets;
using Junipeer.Sandbox.Brightpearl.World;

namespace Junipeer.Sandbox.Brightpearl.Resources;

/// <summary>Lists read as a whole or by id set.</summary>
internal static class SmallLists
{
    public static Resource Of<T>(string service, string name, string noun, Func<WorldState, Table<T>> table, Func<T, int> id, string key, Action<DocWriter, T> write, bool assumed = false)
        where T : class => Routes(new Resource(service, name) { Assumed = assumed }, name, noun, table, write)
            .DumpDocuments(w => table(w).Rows(), write, key)
            .Counted(w => table(w).Count);

    public static Resource Routes<T>(Resource resource, string path, string noun, Func<WorldState, Table<T>> table, Action<DocWriter, T> write)
        where T : class
    {
        GetRules rules = new(noun);
        return resource
            .Get(path, call => Reply.Documents(call, IdSet.All, _ => null, () => table(call.World).Rows(), write, rules))
            .Get(path + "/{}", call => Reply.Documents(call, call.Set(0), i => table(call.World)[i], () => table(call.World).Rows(), write, rules));
    }

    public static void FieldDefinitions(Resource resource, string owner, Func<WorldState, Table<CustomField>> table) =>
        Routes(resource, owner + "/custom-field-meta-data", "Custom Field Meta Data", table, CustomFieldDocuments.Definition);
}
