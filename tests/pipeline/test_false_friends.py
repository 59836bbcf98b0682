"""Words of other trades that look like ours, and the same words where they are ours.

A table of each, in both languages: a headline, and the topics that must not, or must, be found in
it. At most three of each table may be wrong, so that a new term shows what it costs.
"""

from config.load import SHIPPED, load_settings
from pipeline.matching import TermMatcher

SETTINGS = load_settings(SHIPPED)
MATCHER = TermMatcher(SETTINGS.topics)
MOST_WRONG = 3

ANY = tuple(topic.name for topic in SETTINGS.topics)

FALSE_FRIENDS: list[tuple[str, tuple[str, ...]]] = [
    # to cut, to thin, to be thin
    ("How to prune roses in late winter", ("剪枝与稀疏",)),
    ("Prune juice and your digestion", ("剪枝与稀疏",)),
    ("Docker prune: freeing disk space on a build server", ("剪枝与稀疏",)),
    ("Synaptic pruning in the adolescent brain", ("剪枝与稀疏",)),
    ("Alpha-beta pruning for chess programmers", ("剪枝与稀疏",)),
    ("Pruning shears recalled by their maker", ("剪枝与稀疏",)),
    ("葡萄冬季剪枝要点", ("剪枝与稀疏",)),
    ("果树剪枝的三个时节", ("剪枝与稀疏",)),
    ("电动剪枝机选购", ("剪枝与稀疏",)),
    ("回溯法里的剪枝技巧与八皇后", ("剪枝与稀疏",)),
    ("A sparse population faces a harsh winter", ("剪枝与稀疏",)),
    ("人口稀疏地区的公交难题", ("剪枝与稀疏",)),
    ("头发稀疏怎么办", ("剪枝与稀疏",)),
    ("Compressed air is no toy", ("模型压缩", "高效与加速")),
    ("Compression socks for long flights", ("模型压缩", "高效与加速")),
    ("压缩饼干的保质期", ("模型压缩", "高效与加速")),
    ("压缩毛巾值得买吗", ("模型压缩", "高效与加速")),
    # to count, to distil
    ("Energy levels are quantized in a hydrogen atom", ("量化",)),
    ("Quantized vortices in superfluid helium", ("量化",)),
    ("Quantization of the electromagnetic field, revisited", ("量化",)),
    ("量化交易策略的回撤", ("量化",)),
    ("某百亿量化私募清盘", ("量化",)),
    ("绩效如何做量化考核", ("量化",)),
    ("央行重启量化宽松", ("量化",)),
    ("把年度目标量化到每个部门", ("量化",)),
    ("可量化的幸福感", ("量化",)),
    ("The distillation of whisky, step by step", ("蒸馏",)),
    ("Distilled spirits sales fall again", ("蒸馏",)),
    ("A guide to distilled water for batteries", ("蒸馏",)),
    ("加湿器要不要用蒸馏水", ("蒸馏",)),
    ("蒸馏酒与发酵酒有何不同", ("蒸馏",)),
    ("原油减压蒸馏的新工艺", ("蒸馏",)),
    # to conclude, to put in place, to build
    ("Causal inference in epidemiology", ("推理引擎与部署",)),
    ("Bayesian inference for beginners in statistics", ("推理引擎与部署",)),
    ("年度推理小说榜单", ("推理引擎与部署",)),
    ("公务员考试逻辑推理题汇编", ("推理引擎与部署",)),
    ("两国在边境部署兵力", ("推理引擎与部署",)),
    ("防汛工作部署会召开", ("推理引擎与部署",)),
    ("Troops deployed along the northern border", ("推理引擎与部署",)),
    ("Mace spray banned at the stadium", ("推理引擎与部署",)),
    ("The compiler of a famous English dictionary", ("编译器",)),
    ("中央编译局的译作", ("编译器",)),
    ("A teacher and his student networks of friends", ("蒸馏",)),
    ("Kernel of truth in an old legend", ("算子与计算优化",)),
    ("A new kernel oil press for farmers", ("算子与计算优化",)),
    ("Scientists search for the architecture of a lost temple", ("神经架构搜索",)),
    ("Rapper Nas drops a new album", ("神经架构搜索",)),
    ("家用NAS硬盘推荐", ("神经架构搜索",)),
    ("Winning darts at the pub", ("神经架构搜索",)),
    # ends, edges, cores
    ("终端机前排起长队", ("移动端与端侧", "边缘计算与物联网")),
    ("极端天气又来了", ("移动端与端侧", "边缘计算与物联网")),
    ("端午假期出行指南", ("移动端与端侧",)),
    ("边缘型人格障碍自述", ("移动端与端侧", "边缘计算与物联网")),
    ("徘徊在社会边缘的人", ("移动端与端侧", "边缘计算与物联网")),
    ("Finding an edge cover in bipartite graphs", ("移动端与端侧", "边缘计算与物联网")),
    ("Canny edge detection in a few lines", ("移动端与端侧", "边缘计算与物联网")),
    ("On the edge of bankruptcy, an airline keeps flying", ("移动与嵌入式平台",)),
    ("Microsoft Edge gets a new sidebar", ("移动端与端侧", "边缘计算与物联网")),
    ("A mobile of paper cranes for the nursery", ("移动与嵌入式平台", "移动端与端侧")),
    ("Mobile homes and the housing crisis", ("移动与嵌入式平台", "移动端与端侧")),
    ("Alabama city of Mobile elects a mayor", ("移动与嵌入式平台", "移动端与端侧")),
    ("移动公司营业厅停业通知", ("移动端与端侧", "移动与嵌入式平台")),
    ("An embedded journalist on the front line", ("移动与嵌入式平台", "移动端与端侧")),
    ("Shrapnel embedded in the wall", ("移动与嵌入式平台", "移动端与端侧")),
    ("嵌入式蒸烤箱导购", ("移动与嵌入式平台", "移动端与端侧")),
    ("早餐点心与广式点芯", ("AI芯片", "手机SoC与处理器")),
    ("笔芯与灯芯绒的故事", ("AI芯片", "手机SoC与处理器")),
    ("生物芯片检测过敏原", ("手机SoC与处理器", "AI芯片")),
    ("Fish and chip shops close across the north", ("AI芯片", "手机SoC与处理器")),
    ("Potato chips get smaller bags", ("AI芯片", "手机SoC与处理器", "芯片工艺与产业")),
    ("An arm injury ends the season", ("手机SoC与处理器",)),
    ("地平线上的落日", ("AI芯片",)),
    ("记者走进麒麟山", ("手机SoC与处理器",)),
    ("郭麒麟主演的新剧开播", ("手机SoC与处理器",)),
    ("食物处理器怎么清洗", ("手机SoC与处理器",)),
    ("人的记忆与内存条无关", ("AI芯片", "算子与计算优化")),
    ("存算账：退休金怎么存怎么算", ("AI芯片",)),
    ("高通胀下的家庭账本", ("手机SoC与处理器",)),
    # light, fast, and the rest
    ("Lightweight boxing champion retires", ("轻量", "轻量网络")),
    ("Lightweight jackets for spring", ("轻量", "轻量网络")),
    ("Tiny house living in the mountains", ("轻量", "MCU与TinyML")),
    ("The slim fit suit is back", ("轻量",)),
    ("轻量级拳王争霸战", ("轻量", "轻量网络")),
    ("Intermittent fasting and faster metabolism", ("高效与加速",)),
    ("Fast food chains raise prices", ("高效与加速",)),
    ("延迟退休方案公布", ("高效与加速",)),
    ("Startup accelerator opens applications", ("硬件与加速器",)),
    ("粒子加速器重启", ("硬件与加速器", "高效与加速")),
    ("Mobile phone snatched on the high street by thieves", ("移动端与端侧",)),
    ("Federated states debate a new tax", ("训练加速与分布式",)),
    ("A Plymouth Cuda restored after forty years", ("算子与计算优化",)),
    ("Her winning ticket in the state lottery", ("剪枝与稀疏",)),
    ("福利彩票假设中奖，先做什么", ("剪枝与稀疏",)),
    ("Real-time strategy games, ranked", ("实时",)),
]  # fmt: skip

TRUE_USES: list[tuple[str, tuple[str, ...]]] = [
    ("How to prune a network before training", ("剪枝与稀疏",)),
    ("Channel pruning without fine-tuning", ("剪枝与稀疏",)),
    ("Pruned and quantized speech models", ("剪枝与稀疏", "量化")),
    ("通道剪枝在检测模型上的实践", ("剪枝与稀疏",)),
    ("大模型也能剪枝：一次剪掉一半", ("剪枝与稀疏",)),
    ("结构化稀疏训练新法", ("剪枝与稀疏",)),
    ("Sparse networks from scratch", ("剪枝与稀疏",)),
    ("A lottery ticket for transformers", ("剪枝与稀疏",)),
    ("Winning tickets found early in training", ("剪枝与稀疏",)),
    ("Structured sparsity on tensor cores", ("剪枝与稀疏",)),
    ("模型压缩综述", ("模型压缩",)),
    ("BERT压缩的四条路", ("模型压缩",)),
    ("A survey of model compression", ("模型压缩",)),
    ("Compressing deep networks for cameras", ("模型压缩",)),
    ("Gradient compression at scale", ("训练加速与分布式",)),
    ("把模型压缩到一兆", ("模型压缩",)),
    ("量化感知训练踩坑记", ("量化",)),
    ("INT8量化后精度不掉", ("量化",)),
    ("模型量化的三种标定方法", ("量化",)),
    ("训练后量化与混合精度", ("量化",)),
    ("Quantized convolution on microcontrollers", ("量化",)),
    ("Post-training quantization without data", ("量化",)),
    ("Quantization of attention layers to four bits", ("量化",)),
    ("量化策略网络的权重", ("量化",)),
    ("知识蒸馏与自蒸馏", ("蒸馏",)),
    ("用蒸馏水平更高的教师网络训练学生", ("蒸馏",)),
    ("Distillation of a large teacher into a pocket student", ("蒸馏",)),
    ("Distilled transformers for keyboards", ("蒸馏",)),
    ("Knowledge distillation, step by step", ("蒸馏",)),
    ("Fast inference on old phones", ("推理引擎与部署",)),
    ("Neural network inference in the browser", ("推理引擎与部署",)),
    ("端侧推理引擎横评", ("推理引擎与部署", "移动端与端侧")),
    ("模型部署的最后一公里", ("推理引擎与部署",)),
    ("在手机上部署MNN与ncnn", ("推理引擎与部署", "移动端与端侧")),
    ("MACE 支持新的 DSP 后端", ("推理引擎与部署",)),
    ("A deep learning compiler for many backends", ("编译器",)),
    ("深度学习编译器入门", ("编译器",)),
    ("GPU kernels written by hand", ("算子与计算优化",)),
    ("手写CUDA算子与访存优化", ("算子与计算优化",)),
    ("Hardware-aware neural architecture search", ("神经架构搜索",)),
    ("NAS 找到更快的骨干网络", ("神经架构搜索",)),
    ("DARTS without collapse", ("神经架构搜索",)),
    ("移动端实时分割", ("移动端与端侧", "实时")),
    ("终端侧语音识别提速", ("移动端与端侧",)),
    ("边缘设备上的持续学习", ("移动端与端侧",)),
    ("Edge devices learn together", ("移动端与端侧",)),
    ("Deep learning on the edge", ("移动端与端侧",)),
    ("Edge computing for cameras", ("边缘计算与物联网",)),
    ("边缘计算盒子开箱", ("边缘计算与物联网",)),
    ("Mobile GPU inference in depth", ("移动端与端侧",)),
    ("Detectors for mobile devices", ("移动与嵌入式平台",)),
    ("Embedded vision on a budget", ("移动端与端侧",)),
    ("嵌入式设备跑目标检测", ("移动与嵌入式平台",)),
    ("存算一体芯片流片", ("AI芯片", "手机SoC与处理器", "芯片工艺与产业")),
    ("地平线发布新一代征程", ("AI芯片",)),
    ("An AI chip made of light", ("AI芯片",)),
    ("新款手机处理器跑分泄露", ("手机SoC与处理器",)),
    ("麒麟芯片回归", ("手机SoC与处理器",)),
    ("ARM发布新架构", ("手机SoC与处理器",)),
    ("高通新平台功耗大降", ("手机SoC与处理器",)),
    ("A lightweight backbone for segmentation", ("轻量网络",)),
    ("轻量级网络设计原则", ("轻量网络",)),
    ("Tiny models, big gains", ("轻量网络",)),
    ("Tiny machine learning for farms", ("MCU与TinyML",)),
    ("Faster detection with half the parameters", ("高效与加速",)),
    ("推理延迟降低三成", ("高效与加速",)),
    ("FPGA 加速器的片上缓存", ("硬件与加速器",)),
    ("Hardware accelerators for transformers", ("硬件与加速器",)),
    ("Real-time pose estimation at 60 fps", ("实时",)),
    ("Federated learning on phones", ("训练加速与分布式",)),
    ("On-device speech in two languages", ("移动端与端侧",)),
]  # fmt: skip


def topics_in(headline: str) -> set[str]:
    return {match.topic for match in MATCHER.matches(headline)}


def test_the_tables_are_large_and_name_only_topics_that_there_are():
    for table in (FALSE_FRIENDS, TRUE_USES):
        assert len({headline for headline, _ in table}) == len(table) >= 60
        assert {topic for _, topics in table for topic in topics} <= set(ANY)


def test_false_friends_are_not_found():
    wrong = [
        (headline, sorted(found))
        for headline, topics in FALSE_FRIENDS
        if (found := topics_in(headline) & set(topics))
    ]
    assert len(wrong) <= MOST_WRONG, wrong


def test_true_uses_are_found():
    wrong = [
        (headline, sorted(missed))
        for headline, topics in TRUE_USES
        if (missed := set(topics) - topics_in(headline))
    ]
    assert len(wrong) <= MOST_WRONG, wrong
