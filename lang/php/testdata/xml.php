<?php
// XML and HTML: SimpleXML, DOM with XPath, readers and writers, the parser with callbacks.
$xml = <<<XML
<?xml version="1.0" encoding="UTF-8"?>
<shop xmlns:x="urn:x"><item id="1" x:kind="fruit"><name>Äpfel</name><price>1.50</price></item><item id="2"><name>Nüsse &amp; Kerne</name><price>3</price></item></shop>
XML;
$shop = simplexml_load_string($xml);
foreach ($shop->item as $item) {
    echo $item['id'], ' ', $item->name, ' ', (float) $item->price, "\n";
}
echo $shop->xpath('//item[price > 2]/name')[0], ' ', count($shop->item), ' ', $shop->item[0]->attributes('x', true)->kind, ' ', json_encode($shop->item[1]), "\n";
$shop->addChild('item')->addAttribute('id', '3');
echo strlen($shop->asXML()), "\n";

$dom = new DOMDocument;
$dom->preserveWhiteSpace = false;
$dom->loadXML($xml);
$path = new DOMXPath($dom);
echo $path->evaluate('sum(//price)'), ' ', $path->query('//name')->item(1)->textContent, ' ', $dom->documentElement->lastElementChild->getAttribute('id'), "\n";
$dom->documentElement->appendChild($dom->createElement('note', 'x < y'));
$dom->formatOutput = true;
echo $dom->saveXML($dom->documentElement->lastChild), "\n";
libxml_use_internal_errors(true);
var_dump($dom->loadXML('<a><b></a>'));
echo trim(libxml_get_errors()[0]->message), "\n";
libxml_clear_errors();
$html = new DOMDocument;
$html->loadHTML('<p>Hello <b>World</b><p>Second');
echo $html->getElementsByTagName('p')->length, ' ', $html->getElementsByTagName('b')[0]->nodeValue, "\n";
$modern = Dom\HTMLDocument::createFromString('<!DOCTYPE html><main class="a b"><article id=x>One</article></main>');
echo $modern->querySelector('main.b > #x')->textContent, ' ', $modern->querySelector('main')->classList->length, "\n";

$reader = XMLReader::fromString($xml);
while ($reader->read()) {
    if ($reader->nodeType === XMLReader::ELEMENT) {
        echo $reader->name, $reader->depth, ' ';
    }
}
echo "\n";
$writer = new XMLWriter;
$writer->openMemory();
$writer->setIndent(true);
$writer->startDocument('1.0');
$writer->startElement('a');
$writer->writeAttribute('b', 'ä"<');
$writer->writeElement('c', 'text & more');
$writer->endElement();
echo $writer->outputMemory();

$parser = xml_parser_create();
xml_set_element_handler($parser, function ($p, $name, $attributes) { echo "<$name", $attributes ? ' ' . json_encode($attributes) : '', '>'; }, function ($p, $name) { echo "</$name>"; });
xml_set_character_data_handler($parser, function ($p, $text) { echo trim($text); });
xml_parse($parser, $xml, true);
echo "\n", xml_error_string(XML_ERROR_TAG_MISMATCH), "\n";
$schema = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="n" type="xs:int"/></xs:schema>';
foreach (['<n>5</n>', '<n>x</n>'] as $text) {
    $dom->loadXML($text);
    echo var_export($dom->schemaValidateSource($schema), true), ' ';
}
echo "\n";
