/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.github.dl4jcurvature.fisher.ParameterSection.Kind;
import io.github.dl4jcurvature.fisher.ParameterSection.Part;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.jspecify.annotations.Nullable;

/** Which parameters of the host's layers act together, from the class of the layer and the keys of the parameters. */
final class ParameterSections {
    private static final int GATES = 4;

    /** A parameter with its first element and its shape in the host. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Entry(String key, long start, long[] shape) {
        long length() {
            long length = 1;
            for (long size : shape) {
                length *= size;
            }
            return length;
        }
    }

    private final List<Entry> entries;
    private final Set<Entry> used = new HashSet<>();
    private final List<ParameterSection> sections = new ArrayList<>();

    private ParameterSections(List<Entry> entries) {
        this.entries = entries;
    }

    static List<ParameterSection> of(Layer layer, List<Entry> entries) {
        ParameterSections result = new ParameterSections(entries);
        result.describe(layer, "", LayerCapture.supports(layer));
        entries.stream().filter(entry -> !result.used.contains(entry)).forEach(result::elementwise);
        return result.sections;
    }

    /** Parameters of which nothing is known. */
    static List<ParameterSection> unknown(List<Entry> entries) {
        ParameterSections result = new ParameterSections(entries);
        entries.forEach(result::elementwise);
        return result.sections;
    }

    private void describe(Layer layer, String prefix, boolean captured) {
        if (layer instanceof Bidirectional both) {
            describe(both.getFwd(), prefix + "f", captured);
            describe(both.getBwd(), prefix + "b", captured);
        } else if (layer instanceof BaseWrapperLayer wrapper) {
            describe(wrapper.getUnderlying(), prefix, captured);
        } else {
            describeSimple(layer, prefix, captured);
        }
    }

    @SuppressWarnings("deprecation") // the host deprecates its LSTM with peepholes
    private void describeSimple(Layer layer, String prefix, boolean captured) {
        Class<?> type = layer.getClass();
        if (layer instanceof DenseLayer dense) {
            matrix(Kind.MATRIX, 1, !dense.hasLayerNorm(), captured, prefix, "W");
        } else if (layer instanceof BaseOutputLayer && !(layer instanceof CenterLossOutputLayer)) {
            matrix(Kind.MATRIX, 1, true, captured, prefix, "W");
        } else if (type == ConvolutionLayer.class || type == Convolution1DLayer.class || type == Convolution3D.class) {
            matrix(Kind.MATRIX, 1, true, captured, prefix, "W");
        } else if (layer instanceof SimpleRnn recurrent) {
            matrix(Kind.MATRIX, 1, !recurrent.hasLayerNorm(), captured, prefix, "W", "RW");
        } else if (type == LSTM.class) {
            matrix(Kind.MATRIX, GATES, true, captured, prefix, "W", "RW");
        } else if (type == EmbeddingLayer.class || type == EmbeddingSequenceLayer.class) {
            matrix(Kind.LOOKUP, 1, true, captured, prefix, "W");
        } else if (type == GravesLSTM.class) {
            withPeepholes(prefix, captured);
        }
    }

    /** The recurrent weights of the gates come first in memory, then three columns of peepholes, which act elementwise. */
    private void withPeepholes(String prefix, boolean captured) {
        Entry weights = entry(prefix + "W");
        Entry recurrent = entry(prefix + "RW");
        Entry bias = entry(prefix + "b");
        if (weights == null || recurrent == null || bias == null) {
            return;
        }
        long outputs = bias.length();
        long units = recurrent.shape()[0];
        List<Part> parts = List.of(
                new Part(weights.start(), weights.length() / outputs),
                new Part(recurrent.start(), units),
                new Part(bias.start(), 1));
        sections.add(new ParameterSection(Kind.MATRIX, outputs, parts, GATES, captured));
        sections.add(elementwise(recurrent.start() + outputs * units, recurrent.length() - outputs * units));
        used.addAll(List.of(weights, recurrent, bias));
    }

    /** One matrix of those of the named weights that are there, with the bias if it may belong to it and is there. */
    private void matrix(Kind kind, int groups, boolean withBias, boolean captured, String prefix, String... weights) {
        List<Part> parts = new ArrayList<>();
        long outputs = 0;
        for (String key : weights) {
            Entry weight = entry(prefix + key);
            if (weight != null) {
                outputs = weight.shape().length == 2 ? weight.shape()[1] : weight.shape()[0];
                parts.add(new Part(weight.start(), weight.length() / outputs));
                used.add(weight);
            }
        }
        Entry bias = entry(prefix + "b");
        if (withBias && bias != null && !parts.isEmpty() && bias.length() == outputs) {
            parts.add(new Part(bias.start(), 1));
            used.add(bias);
        }
        if (!parts.isEmpty()) {
            sections.add(new ParameterSection(kind, outputs, parts, groups, captured));
        }
    }

    private void elementwise(Entry entry) {
        sections.add(elementwise(entry.start(), entry.length()));
    }

    private static ParameterSection elementwise(long start, long length) {
        return new ParameterSection(Kind.ELEMENTWISE, 1, List.of(new Part(start, length)), 1, false);
    }

    private @Nullable Entry entry(String key) {
        return entries.stream()
                .filter(entry -> entry.key().equals(key))
                .findFirst()
                .orElse(null);
    }
}
