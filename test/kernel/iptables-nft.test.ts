import { testIptables } from './iptables-tests.js'

testIptables('iptables-nft')
