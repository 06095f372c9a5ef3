#!/usr/bin/env bash
# geolib 3.3.14 writes Sydney's latitude -33.8667 as 33° 52' 00.12", without a sign or an "S", and reads that back as
# 33.8667 north, in the Pacific off Japan: decimalToSexagesimal() knows no south and no west, and says so nowhere.
# Its own sexagesimalToDecimal() does read "S". getPreciseDistance(), by its README "more accurate", is NaN between
# two points almost opposite each other, where getDistance() answers; by NaN no limit is ever exceeded.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --prefix "$folder" --silent --no-audit --no-fund geolib@3.3.14
cd "$folder"
cat > places.cjs <<'JS'
const geolib = require("geolib");

console.log("geolib", require("geolib/package.json").version);
for (const [name, degrees] of [["Berlin", 52.52], ["Sydney", -33.8667], ["Madrid", -3.7]]) {
  const text = geolib.decimalToSexagesimal(degrees);
  console.log(`${name}: ${degrees} is written ${text}, read back ${geolib.sexagesimalToDecimal(text).toFixed(4)}`);
}
console.log("with an S:", geolib.sexagesimalToDecimal(`33° 52' 00.12" S`).toFixed(4));
const here = { latitude: 0, longitude: 0 };
for (const there of [{ latitude: 0.5, longitude: 170 }, { latitude: 0.5, longitude: 179.7 }]) {
  const km = [geolib.getDistance, geolib.getPreciseDistance].map((far) => Math.round(far(here, there) / 1000));
  console.log(`to ${there.latitude}, ${there.longitude}: getDistance ${km[0]} km, getPreciseDistance ${km[1]} km`);
}
JS
node places.cjs | tee seen
diff - <(tail -n +2 seen) <<'TEXT' || { echo "The behaviour has changed."; exit 1; }
Berlin: 52.52 is written 52° 31' 12.0", read back 52.5200
Sydney: -33.8667 is written 33° 52' 00.12", read back 33.8667
Madrid: -3.7 is written 3° 42' 00.0", read back 3.7000
with an S: -33.8667
to 0.5, 170: getDistance 18923 km, getPreciseDistance 18923 km
to 0.5, 179.7: getDistance 19973 km, getPreciseDistance NaN km
TEXT
