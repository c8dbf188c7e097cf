/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.deeplearning4j.nn.api.Layer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One layer of a shadow network at the end of a pass, while its arrays are still valid.
 *
 * @param name layer or vertex name
 * @param layer the runtime layer, its input set
 * @param activations what the layer returned in the forward pass; null for output layers
 * @param examples batch size N
 */
record LayerPass(String name, Layer layer, @Nullable INDArray activations, long examples) {}
