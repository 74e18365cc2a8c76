// SPDX-License-Identifier: Apache-2.0
#include "host/report/page.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "host/report/markup.hpp"
#include "tests/host/report/sample_report.hpp"

namespace edgemoe::host {
namespace {

PageContent sample_page() {
  PageContent content;
  content.report = test::sample_report();
  content.pictures = {
      {"\x89PNG input", {{"semseg", "map", "reference", "label"}, {"depth", "map", "", ""}}}};
  content.timelines = {test::sample_timeline()};
  return content;
}

TEST(Page, NothingInItLeadsOutside) {
  const std::string page = report_html(sample_page());
  for (const char* word : {"http:", "https:", "src=\"/", "url(", "@import", "<link", "<iframe"}) {
    EXPECT_EQ(page.find(word), std::string::npos) << word;
  }
  for (std::size_t at = page.find("src="); at != std::string::npos;
       at = page.find("src=", at + 1)) {
    EXPECT_EQ(page.compare(at, 26, "src=\"data:image/png;base64"), 0);
  }
}

TEST(Page, NamesFromOutsideAreEscaped) {
  PageContent content = sample_page();
  content.report.model.name = "</title><script>alert(1)</script>";
  content.report.runs[0].image = "\"><script>x</script>.png";
  content.timelines[0].slices[0].name = "</script><b>";
  const std::string page = report_html(content);
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
  EXPECT_EQ(page.find("<script>x"), std::string::npos);
  EXPECT_EQ(page.find("</script><b>"), std::string::npos);
}

TEST(Page, ScriptsAreClosedAsOftenAsTheyAreOpened) {
  const std::string page = report_html(sample_page());
  const auto count = [&page](const std::string& word) {
    int n = 0;
    for (std::size_t at = page.find(word); at != std::string::npos; at = page.find(word, at + 1))
      ++n;
    return n;
  };
  for (const char* name :
       {"script", "section", "table", "svg", "details", "div", "figure", "main"}) {
    EXPECT_EQ(count(std::string("<") + name + ">") + count(std::string("<") + name + " "),
              count(std::string("</") + name + ">"))
        << name;
  }
}

TEST(Page, EverySectionIsThereWhenItsDataIs) {
  const std::string page = report_html(sample_page());
  for (const char* heading :
       {"Maps", "Where time and energy go", "Timeline", "Roofline", "Why units wait",
        "Error against the float reference", "Expert loads", "Checks", "Facts"}) {
    EXPECT_NE(page.find(std::string("<h2>") + heading), std::string::npos) << heading;
  }
  EXPECT_NE(page.find("1 failed"), std::string::npos);
}

TEST(Page, ReportWithoutTimingAndGoldenHasNoEmptySections) {
  PageContent content;
  content.report.runs.emplace_back();
  const std::string page = report_html(content);
  for (const char* heading :
       {"Timeline", "Roofline", "Why units wait", "Error against", "Expert loads"}) {
    EXPECT_EQ(page.find(std::string("<h2>") + heading), std::string::npos) << heading;
  }
}

TEST(Page, LongListsOfImagesAreCutWithANote) {
  PageContent content;
  content.report.runs.resize(kMaxPageRuns + 3);
  EXPECT_NE(report_html(content).find("The first 24 of 27 entries"), std::string::npos);
}

TEST(Page, StallReasonsAreExplained) {
  const std::string page = report_html(sample_page());
  EXPECT_NE(page.find("the weights of the next tile have not arrived in the ring"),
            std::string::npos);
}

TEST(Page, ScriptIsValid) {
  if (std::system("command -v node >/dev/null 2>&1") != 0) GTEST_SKIP() << "node is not installed";
  EXPECT_EQ(std::system("node --check '" EDGEMOE_SOURCE_DIR "/host/report/page.js'"), 0);
}

TEST(Page, IsTheSameForTheSameContent) {
  EXPECT_EQ(report_html(sample_page()), report_html(sample_page()));
}

TEST(Markup, Base64PadsAsItShould) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64(std::string("\xff\x00\x80", 3)), "/wCA");
}

TEST(Markup, FiguresKeepTheirDigits) {
  EXPECT_EQ(figure(1.53219), "1.532");
  EXPECT_EQ(figure(0.0), "0");
  EXPECT_EQ(figure(652.71), "652.7");
  EXPECT_EQ(figure(123456.0), "123456");
  EXPECT_EQ(figure(0.0123456), "0.01235");
  EXPECT_EQ(figure(-2.5, 3), "-2.50");
  EXPECT_EQ(figure(1.23e-5), "1.23e-05");
  EXPECT_EQ(figure({}), "&ndash;");
  EXPECT_EQ(figure(std::nan("")), "&ndash;");
}

TEST(Markup, BrokenUtf8AndControlBytesAreReplaced) {
  EXPECT_EQ(escape_html("a\xff"
                        "b\x01"
                        "c"),
            "a?b?c");
  EXPECT_EQ(escape_html("\xc3\xa9<'\">&"), "\xc3\xa9&lt;&#39;&quot;&gt;&amp;");
  EXPECT_EQ(escape_html("\xc3"), "?");
}

TEST(Markup, CommandsFallIntoKinds) {
  EXPECT_EQ(kind_of("load.l03.qkv"), "load");
  EXPECT_EQ(kind_of("l03.qkv"), "attention");
  EXPECT_EQ(kind_of("l03.norm2"), "norm");
  EXPECT_EQ(kind_of("l03.gate.semseg"), "gate");
  EXPECT_EQ(kind_of("l03.experts"), "experts");
  EXPECT_EQ(kind_of("l02.fc1"), "mlp");
  EXPECT_EQ(kind_of("embed"), "embed");
  EXPECT_EQ(kind_of("end"), "other");
}

}  // namespace
}  // namespace edgemoe::host
