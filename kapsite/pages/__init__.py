"""Content files -> published pages, row by row; no row imports one below it.

Say      what may stand in a file: schema, phrases, blocks, citations, leftovers, markup, chartdata
Read     a page as front matter and text: frontmatter; as sentences: passages
Draw     as HTML: slugs, terms, writer, badges, shapes, charts, references, components, rendering
Judge    words, claims, must_say, readability
Gather   the whole folder: data (its YAML files), reading (its pages)
Check    text_rules, clinic_rules, data_rules, chart_rules, file_rules, rules (all), reports, checks
Keep     catalog (every page by path), navigation (menus and guide)
Publish  linked_data, machine_files, social_card, published, consents, views (templates), publishing
Serve    front (from memory), urls (while developing), context_processors, apps
"""
