using System.Globalization;
using System.Text;
using Junipeer.Sandbox.Norce.Data;

namespace Junipeer.Sandbox.Norce.Query;

/// <summary>The entity model of one namespace as EDMX; there is none of the whole.</summary>
internal static class Metadata
{
    public static string Write(string ns, NameRules names, Func<EntityType, string> setName)
    {
        EntityType[] types = [.. Model.Types.Values.Where(t => t.Namespace == ns)];
        StringBuilder xml = new();
        xml.Append("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<edmx:Edmx Version=\"4.0\" xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\"><edmx:DataServices>");
        xml.Append(CultureInfo.InvariantCulture, $"<Schema Namespace=\"Enferno.Storm.Query.Api.DataContexts.{ns}Model\" xmlns=\"http://docs.oasis-open.org/odata/ns/edm\">");
        foreach (EntityType type in types)
        {
            xml.Append(CultureInfo.InvariantCulture, $"<EntityType Name=\"{type.Name}\"><Key>{string.Concat(type.Key.Select(k => $"<PropertyRef Name=\"{names.Write(k)}\" />"))}</Key>");
            foreach (Column column in type.Columns)
            {
                xml.Append(CultureInfo.InvariantCulture, $"<Property Name=\"{names.Write(column)}\" Type=\"Edm.{column.Type}\"{(column.Nullable ? string.Empty : " Nullable=\"false\"")}{(column.MaxLength > 0 ? $" MaxLength=\"{column.MaxLength}\"" : string.Empty)} />");
            }

            foreach (Navigation way in type.Navigations)
            {
                string target = Model.Types[way.Target].FullName;
                xml.Append(CultureInfo.InvariantCulture, $"<NavigationProperty Name=\"{names.Write(way)}\" Type=\"{(way.Many ? $"Collection({target})" : target)}\" />");
            }

            xml.Append("</EntityType>");
        }

        xml.Append("</Schema><Schema Namespace=\"Default\" xmlns=\"http://docs.oasis-open.org/odata/ns/edm\"><EntityContainer Name=\"Container\">");
        foreach (EntityType type in types.Where(t => t.Exposed))
        {
            xml.Append(CultureInfo.InvariantCulture, $"<EntitySet Name=\"{setName(type)}\" EntityType=\"{type.FullName}\">{string.Concat(type.Navigations.Where(w => Model.Types[w.Target].Exposed).Select(w => $"<NavigationPropertyBinding Path=\"{names.Write(w)}\" Target=\"{setName(Model.Types[w.Target])}\" />"))}</EntitySet>");
        }

        return xml.Append("</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>").ToString();
    }
}
