/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import io.github.dl4jcurvature.fisher.LayerParameters;
import io.github.dl4jcurvature.fisher.ParameterSection;
import io.github.dl4jcurvature.fisher.StateAllocation;
import org.jspecify.annotations.Nullable;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * What an Ncl configuration must know of its layer to size its state; part of the network's JSON.
 *
 * <p>State, in this order: {@value #HEADER} counters, momentum and mean (one element for each parameter), second moment of
 * gradients if steps are Adam's, then what is remembered of each matrix. The host asks for sizes one parameter at a time and
 * adds them up; the whole state is therefore assigned to the longest parameter and, if several are as long, shared among
 * them.
 */
@JsonAutoDetect(
        fieldVisibility = JsonAutoDetect.Visibility.ANY,
        getterVisibility = JsonAutoDetect.Visibility.NONE,
        isGetterVisibility = JsonAutoDetect.Visibility.NONE)
final class LayerPlan implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Number of counters at the start of the state. */
    static final int HEADER = 7;

    private final String layer;
    private final long[] lengths;
    private final List<SectionPlan> sections;
    private final boolean secondMoment;

    LayerPlan(
            @JsonProperty("layer") String layer,
            @JsonProperty("lengths") long[] lengths,
            @JsonProperty("sections") List<SectionPlan> sections,
            @JsonProperty("secondMoment") boolean secondMoment) {
        this.layer = layer;
        this.lengths = lengths.clone();
        this.sections = List.copyOf(sections);
        this.secondMoment = secondMoment;
    }

    /** The plan of a layer for the given settings. */
    static LayerPlan of(LayerParameters parameters, Ncl settings) {
        List<SectionPlan> sections = new ArrayList<>();
        for (ParameterSection section : parameters.sections()) {
            sections.add(SectionPlan.of(section, memory(section, settings)));
        }
        return new LayerPlan(
                parameters.layer(),
                parameters.lengths().stream().mapToLong(Long::longValue).toArray(),
                sections,
                settings.step() == Ncl.Step.ADAM);
    }

    private static SectionPlan.Memory memory(ParameterSection section, Ncl settings) {
        boolean factors = section.kind() == ParameterSection.Kind.MATRIX
                && section.captured()
                && Math.max(section.columns(), section.outputs()) <= settings.maxDimension();
        SectionPlan.Memory fallback = settings.fallback() == Ncl.Fallback.DIAGONAL
                ? SectionPlan.Memory.ELEMENTWISE
                : SectionPlan.Memory.FIRST_PRIOR;
        return switch (settings.method()) {
            case NCL, PROJECTION, KFAC -> factors ? SectionPlan.Memory.KRONECKER : fallback;
            case EWC -> SectionPlan.Memory.ELEMENTWISE;
            case OWM -> factors ? SectionPlan.Memory.INPUTS : SectionPlan.Memory.NOTHING;
            case DOWM -> factors ? SectionPlan.Memory.INPUTS_AND_OUTPUTS : SectionPlan.Memory.NOTHING;
            case SGD -> SectionPlan.Memory.NOTHING;
        };
    }

    String layer() {
        return layer;
    }

    List<SectionPlan> sections() {
        return sections;
    }

    /** Whether the state holds the second moment of gradients. */
    boolean secondMoment() {
        return secondMoment;
    }

    long parameters() {
        return Arrays.stream(lengths).sum();
    }

    /** Number of elements of state that the layer needs. */
    long required() {
        return HEADER
                + (secondMoment ? 3 : 2) * parameters()
                + sections.stream().mapToLong(SectionPlan::stateSize).sum();
    }

    /** Answer to the host's question for a parameter of the given length. */
    long stateSize(long length) {
        return new StateAllocation(lengths).share(required(), length);
    }

    /** Number of elements of state that the host allocates for the layer. */
    long allocated() {
        return new StateAllocation(lengths).total(required());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LayerPlan that
                && layer.equals(that.layer)
                && Arrays.equals(lengths, that.lengths)
                && sections.equals(that.sections)
                && secondMoment == that.secondMoment;
    }

    @Override
    public int hashCode() {
        return Objects.hash(layer, Arrays.hashCode(lengths), sections, secondMoment);
    }

    @Override
    public String toString() {
        return "layer %s, parameters %s, matrices %s".formatted(layer, Arrays.toString(lengths), sections);
    }
}
