# What readelf says of each file, reduced to numbers and names, as JSON: the expectation of test/elf/tables.test.ts.
import json, re, subprocess, sys

def lines(option, name):
    return subprocess.run(['readelf', option, '-W', name], capture_output=True, text=True).stdout.split('\n')

def facts(name):
    text = '\n'.join(lines('-h', name))
    field = lambda label: re.search(label + r':\s*(.*)', text)[1]
    found = {'class': field('Class'), 'data': field('Data'), 'type': field('Type').split()[0], 'sections': [], 'segments': [], 'symbols': {}}
    found['entry'] = field('Entry point address')
    for line in lines('-S', name):
        m = re.match(r'\s*\[\s*(\d+)\] (\S*)\s+(\S+)\s+([0-9a-f]{8,16}) ([0-9a-f]{6,}) ([0-9a-f]{6,}) ([0-9a-f]+)\s+([A-Za-z]*)\s+(\d+)\s+(\d+)\s+(\d+)$', line)
        if not m: continue
        found['sections'].append([m[2], m[4], int(m[5], 16), int(m[6], 16), int(m[7], 16), m[8], int(m[9]), int(m[10]), int(m[11])])
    for line in lines('-l', name):
        m = re.match(r'\s+(\S+)\s+0x([0-9a-f]+) 0x([0-9a-f]+) 0x[0-9a-f]+ 0x([0-9a-f]+) 0x([0-9a-f]+) ([R ])([W ])([E ]) (?:0x)?([0-9a-f]+)$', line)
        if not m: continue
        flags = (4 if m[6] == 'R' else 0) | (2 if m[7] == 'W' else 0) | (1 if m[8] == 'E' else 0)
        found['segments'].append([m[1], int(m[2], 16), m[3], int(m[4], 16), int(m[5], 16), flags, int(m[9], 16)])
    m = re.search(r'Build ID: ([0-9a-f]+)', '\n'.join(lines('-n', name)))
    found['buildId'] = m[1] if m else ''
    table = None
    for line in lines('-s', name):
        m = re.match(r"Symbol table '(\S+)'", line)
        if m: table = found['symbols'].setdefault(m[1], [])
        m = re.match(r'\s+\d+: ([0-9a-f]+)\s+(\d+|0x[0-9a-f]+) (\S+)\s+(\S+)\s+(\S+)\s+(\S+) ?(\S*)', line)
        if m and table is not None: table.append([m[1], int(m[2], 0), m[3], m[4], m[5], m[6], m[7]])
    return found

print(json.dumps({name: facts(name) for name in sys.argv[1:]}, separators=(',', ':')).replace('},"', '},\n"'))
