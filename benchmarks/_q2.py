import asyncio
import cProfile
import pstats
import time

from mcp import Client

from benchmarks import client as b


async def m():
    s=b.ServerProcess("answer"); await s.start()
    async with Client(s.url) as sdk, b.opened(s.url, "get_weather") as ours:
        async def bare(): return await sdk.call_tool("get_weather", {"place": "Ulm"})
        await b.rate(bare,100); await b.rate(ours,100)
        for name,f in (("bare",bare),("ours",ours),("bare",bare),("ours",ours)):
            c=time.process_time(); t=time.thread_time(); await b.rate(f,300); print(name,"cpu ms/call",(time.process_time()-c)/300*1000, "main thread",(time.thread_time()-t)/300*1000, flush=True)
        pr=cProfile.Profile(time.thread_time); pr.enable(); await b.rate(ours,300); pr.disable()
        st=pstats.Stats(pr); st.sort_stats("cumtime").print_stats(60)
    await s.stop()
asyncio.run(m())
