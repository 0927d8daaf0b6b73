/// How pages look: on paper, on a phone, by night. No script, no address outside.
package enum PageStyle {
  /// The style sheet of a page.
  package static let css = """
    :root{--paper:#fcfbf8;--ink:#20262b;--soft:#58626a;--line:#e2ded4;--wash:#f3f0e8;
    --accent:#28607a;--good:#35734a;--warn:#8f5d0b;--bad:#a8332a;--goodfill:#8fbf9d;
    --warnfill:#e3b562;--badfill:#d9776b;--idle:#c9c4b8;color-scheme:light dark}
    @media (prefers-color-scheme:dark){:root{--paper:#15181b;--ink:#e7e4dd;--soft:#a3abb1;
    --line:#2d3338;--wash:#1d2125;--accent:#86bcd3;--good:#86c79b;--warn:#e4b566;--bad:#ef8f84;
    --goodfill:#3f7d56;--warnfill:#9a7022;--badfill:#b04a40;--idle:#4a5157}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--paper);color:var(--ink);
    font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
    font-variant-numeric:tabular-nums}
    main,header,footer{max-width:72rem;margin:0 auto;padding:0 1.5rem}
    header{padding-top:3rem}
    h1,h2,h3{font-family:"Iowan Old Style",Palatino,"Palatino Linotype",Georgia,serif;
    font-weight:600;line-height:1.2;text-wrap:balance}
    h1{font-size:2.4rem;margin:.2rem 0 .4rem}
    h2{font-size:1.45rem;margin:3.2rem 0 .4rem;padding-top:1rem;border-top:1px solid var(--line)}
    h3{font-size:1.05rem;margin:1.6rem 0 .4rem}
    p{margin:.3rem 0 1rem;max-width:44rem}
    .soft,.eyebrow,figcaption,small{color:var(--soft)}
    .eyebrow{margin:0;font-size:.9rem;letter-spacing:.04em}
    .verdict{font-size:1.15rem;max-width:48rem}
    .good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}
    nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.2rem;padding:0;margin:1.2rem 0}
    a{color:var(--accent);text-underline-offset:.2em}
    a:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
    .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:1px;
    background:var(--line);border:1px solid var(--line);margin:1.6rem 0 0;padding:0}
    .tiles div{background:var(--paper);padding:.9rem 1rem}
    .tiles dt{color:var(--soft);font-size:.85rem}
    .tiles dd{margin:.1rem 0 0;font-size:1.6rem;
    font-family:"Iowan Old Style",Palatino,Georgia,serif}
    .tiles small{display:block;font:.8rem/1.35 system-ui,sans-serif}
    .scroll{overflow-x:auto;margin:.6rem 0 1rem}
    table{border-collapse:collapse;width:100%;font-size:.92rem}
    caption{text-align:left;color:var(--soft);padding:.2rem 0 .5rem}
    th,td{text-align:left;padding:.42rem .8rem .42rem 0;border-bottom:1px solid var(--line);
    vertical-align:top}
    thead th{color:var(--soft);font-weight:500;font-size:.82rem;white-space:nowrap}
    tbody th{font-weight:500;overflow-wrap:anywhere;min-width:8.5rem}
    .unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    .n{text-align:right;white-space:nowrap}.n+td:not(.n),.n+th:not(.n){padding-left:1.4rem}
    td time{white-space:nowrap}
    code{font:.86em/1.5 ui-monospace,"SF Mono",Menlo,Consolas,monospace;background:var(--wash);
    padding:.1em .35em;border-radius:3px;overflow-wrap:anywhere}
    .problem{border-left:3px solid var(--badfill);padding:.1rem 0 .1rem 1rem;margin:1.2rem 0}
    .problem.warning,.problem.info{border-color:var(--warnfill)}
    .problem h3{margin:.1rem 0 .2rem}
    .problem dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.4rem 0;
    font-size:.92rem}
    .problem dt{color:var(--soft)}.problem dd{margin:0;overflow-wrap:anywhere}
    .said{white-space:pre-wrap;overflow-wrap:anywhere;color:var(--soft);margin:.2rem 0}
    figure{margin:1rem 0}
    figcaption{font-size:.88rem;margin:.2rem 0}
    svg{display:block;width:100%;height:auto}
    .wide svg{min-width:44rem}
    svg text{fill:var(--ink);font:12px system-ui,sans-serif}
    svg .tick{fill:var(--soft);font-size:11px}
    .rule{stroke:var(--line);stroke-width:1;fill:none}
    .bar{fill:var(--accent)}.done{fill:var(--goodfill)}.failed,.lost{fill:var(--badfill)}
    .running{fill:var(--warnfill)}.idle{fill:var(--idle)}.late{fill:var(--warnfill)}
    .critical{stroke:var(--ink);stroke-width:1.5}
    .edge{fill:none;stroke:var(--idle);stroke-width:1.2}
    .node{fill:var(--wash);stroke:var(--line)}.node.bad{fill:var(--badfill)}
    .node.warn{fill:var(--warnfill)}
    .curve{fill:none;stroke:var(--accent);stroke-width:2}
    .key{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;padding:0;margin:.3rem 0;
    font-size:.86rem;color:var(--soft)}
    .key svg{display:inline-block;width:.8rem;height:.8rem;vertical-align:-.05rem;
    margin-right:.35rem}
    .multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));
    gap:1.2rem 2rem}
    .multiples figure{margin:0}.multiples h3{margin:.4rem 0 0;font-size:1rem;overflow-wrap:anywhere}
    footer{margin:4rem auto 3rem;color:var(--soft);font-size:.88rem}
    @media (max-width:40rem){main,header,footer{padding:0 1rem}header{padding-top:1.6rem}
    h1{font-size:1.8rem}h2{margin-top:2.2rem}.problem dl{grid-template-columns:1fr;gap:0}
    .problem dd{margin-bottom:.4rem}.tiles{grid-template-columns:repeat(2,1fr)}}
    @media print{nav{display:none}body{font-size:10pt}h2{break-after:avoid}
    figure,tr,.problem{break-inside:avoid}.scroll{overflow:visible}.wide svg{min-width:0}}
    """
}
