/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Which entries of a layer's parameters are held at zero.
 *
 * <p>A layer carries its mask in the list of regularisations of its configuration, so that it is saved and cloned with
 * the network; updaters that mix parameters find it there. A mask does not change: another mask is another object.
 */
public interface ParameterMask {

    /**
     * The mask of one parameter.
     *
     * @param parameter key of the parameter, as W
     * @param type data type of the result
     * @return fresh vector in the order in which the network's flat parameter vector holds the parameter, 0 where it is
     *     held at zero and 1 elsewhere; null if nothing of this parameter is
     */
    @Nullable
    INDArray maskOf(String parameter, DataType type);
}
